// SPDX-License-Identifier: Apache-2.0
#pragma once

// What batching has learned, kept in a file across restarts.

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "tenon/base/export.hpp"

namespace tenon {
class Logger;
namespace serving {
class BoundDeployment;
class Tuning;
}  // namespace serving
}  // namespace tenon

namespace tenon::app {

// A deployment whose curves are kept, under its application's name and its own.
struct TunedDeployment {
  std::string application;
  std::string
      model;  // Of what was learned: ModelFingerprint of what the application was made from.
  serving::BoundDeployment* deployment = nullptr;
};

// Tells one build of a module or one artifact from another without reading it: the size and the
// time of the file, or of the files in the directory.
TENON_EXPORT std::string ModelFingerprint(const std::filesystem::path& path);
// The kind of CPU, how many of them are used, and the version of Tenon.
TENON_EXPORT std::string MachineFingerprint(std::size_t cpus);

// Gives deployments what the file says of them. A file that is not there says nothing; one that
// cannot be read, or is of another model or machine, is a warning, and learning begins anew.
TENON_EXPORT void RestoreTuning(const std::filesystem::path& file, const std::string& machine,
                                std::span<const TunedDeployment> deployments, Logger& log);
// Writes what they have learned by now; the file is replaced as a whole, and keeps what it says of
// others on this machine. A file that cannot be
// written is a warning.
TENON_EXPORT void SaveTuning(const std::filesystem::path& file, const std::string& machine,
                             std::span<const TunedDeployment> deployments, Logger& log);

// Both, at the right moments, for an application that was made from `model`.
TENON_EXPORT std::unique_ptr<serving::Tuning> MakeFileTuning(std::filesystem::path file,
                                                             std::string application,
                                                             const std::filesystem::path& model);

}  // namespace tenon::app
