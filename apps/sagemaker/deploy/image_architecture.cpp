// SPDX-License-Identifier: Apache-2.0
#include "deploy/image_architecture.hpp"

#include "aws/failure.hpp"
#include "checks/architecture.hpp"
#include "services/ecr_api.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

// Empty where it cannot be read.
std::string ArchitectureOfImage(aws::ServiceClient& client, const EcrImage& image) {
  try {
    return GetImageArchitecture(client, image);
  } catch (const aws::Interrupted&) {
    throw;
  } catch (const aws::Failure& failure) {
    PrintNote("the image's processor could not be looked at: " + std::string(failure.what()));
    return {};
  }
}

}  // namespace

void CheckImageArchitecture(aws::ServiceClient& client, const std::string& image_uri,
                            const std::string& instance_type) {
  const auto image = ParseEcrImage(image_uri);
  if (!image || image->region != client.Region()) return;
  const std::string found = ArchitectureOfImage(client, *image);
  const std::string_view wanted = ArchitectureOfInstance(instance_type);
  if (found.empty() || found == wanted) return;
  const std::string where = instance_type.empty() ? "a serverless endpoint" : instance_type;
  throw aws::Failure(
      "The image " + image_uri + " is built for " + found + ", and " + where + " is " +
      std::string(wanted) +
      ": it would end there with \"exec format error\". Build it with PLATFORM=linux/" +
      std::string(wanted) + ", or choose an instance of that architecture (" +
      (found == "arm64" ? "Graviton, as --instance-type ml.c7g.large"
                        : "as --instance-type ml.m5.large") +
      ").");
}

}  // namespace tenon::sagemaker_tool
