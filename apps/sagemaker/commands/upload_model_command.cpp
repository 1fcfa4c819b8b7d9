// SPDX-License-Identifier: Apache-2.0
#include "aws/failure.hpp"
#include "checks/usage_error.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "model_archive/model_folder.hpp"
#include "model_archive/part_upload.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {
    {"--force", "", "overwrite what is there"},
    kJsonFlag,
    kDryRunFlag,
};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker upload-model DIR S3URI [flags]

Packs a folder as model.tar.gz and uploads it. The same folder gives the same bytes. S3URI is
the object, or a prefix that ends with / for model.tar.gz below it. Prints the object's URI.
)",
    R"(
Example:
  tenon sagemaker upload-model model/ s3://my-bucket/mine/
)"};

constexpr std::string_view kWords[] = {"folder DIR", "S3URI"};

aws::S3Location ReadTarget(const std::string& uri) {
  auto location = aws::ParseS3Uri(uri);
  if (!location) Refuse("S3URI", uri, "it takes s3://BUCKET/KEY, the bucket's name in lower case.");
  if (location->key.empty() || location->key.ends_with('/')) location->key += "model.tar.gz";
  if (!location->key.ends_with(".tar.gz")) {
    Refuse("S3URI", uri, "the object's name ends with .tar.gz, for SageMaker knows it by that.");
  }
  if (location->key.size() > 1024) Refuse("S3URI", uri, "a key has at most 1,024 bytes.");
  return *location;
}

bool IsThere(aws::S3& s3, const aws::S3Location& target) {
  try {
    return s3.Exists(target);
  } catch (const aws::ServiceError& error) {
    if (!error.SaysDenied()) throw;
    throw aws::Failure("Whether there is an object " + target.Text() +
                       " already cannot be seen: " + error.what() +
                       " It needs s3:GetObject, and s3:ListBucket where there is none; --force "
                       "uploads without looking.");
  }
}

std::string Bar(std::uint64_t done, std::uint64_t total) {
  constexpr std::uint64_t kWidth = 30;
  const std::uint64_t filled = total == 0 ? kWidth : done * kWidth / total;
  return "[" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "] " +
         std::to_string(total == 0 ? 100 : done * 100 / total) + " %";
}

std::uint64_t SizeOf(const std::vector<FolderEntry>& entries) {
  std::uint64_t total = 0;
  for (const FolderEntry& entry : entries) total += entry.size;
  return total;
}

std::uint64_t Upload(aws::S3& s3, const std::filesystem::path& folder,
                     const std::vector<FolderEntry>& entries, const aws::S3Location& target) {
  constexpr std::uint64_t kPerEntry = 2048;  // Headers and filling.
  const std::uint64_t total = SizeOf(entries);
  Progress progress;
  std::uint64_t read = 0;
  const auto show = [&](std::uint64_t sent) {
    progress.Show(Bar(read, total) + " of " + SizeText(total) + " packed, " + SizeText(sent) +
                  " uploaded");
  };
  PartUpload upload(s3, target, PartSizeFor(total + entries.size() * kPerEntry), show);
  PackModelFolder(
      folder, entries, [&](std::string_view bytes) { upload.Write(bytes); },
      [&](std::uint64_t count) {
        read = count;
        progress.Show(Bar(read, total) + " of " + SizeText(total) + " packed");
      });
  return upload.End();
}

}  // namespace

int UploadModel(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  const auto given = flags->TakeWords(kWords);
  const std::filesystem::path folder = given[0];
  const aws::S3Location target = ReadTarget(given[1]);
  const auto entries = ListModelFolder(folder);
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    JsonObject object;
    object.SetText("Bucket", target.bucket).SetText("Key", target.key);
    std::vector<PlannedCall> calls;
    if (!flags->Has("--force")) {
      calls.push_back({.service = aws::Service::kS3,
                       .operation = "HeadObject",
                       .body = object,
                       .why = "Is there an object already?"});
    }
    calls.push_back({.service = aws::Service::kS3,
                     .operation = "PutObject",
                     .body = object,
                     .why = "Where it is large CreateMultipartUpload, UploadPart and "
                            "CompleteMultipartUpload instead"});
    PrintPlan(calls, *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  aws::S3 s3(session.Client());
  if (!flags->Has("--force") && IsThere(s3, target)) {
    throw aws::Failure("There is an object " + target.Text() + " already; --force overwrites it.");
  }
  const std::uint64_t size = Upload(s3, folder, entries, target);
  if (flags->Has("--json")) {
    PrintLine(JsonObject()
                  .SetText("model_data_uri", target.Text())
                  .SetNumber("bytes", static_cast<std::int64_t>(size))
                  .SetNumber("files", static_cast<std::int64_t>(entries.size()))
                  .Text());
  } else {
    PrintLine(target.Text());
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
