# SPDX-License-Identifier: Apache-2.0
"""The real program and clients for it, for tests that look from outside."""
