# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: servers one at a time, one client, one way to say where it was."""
