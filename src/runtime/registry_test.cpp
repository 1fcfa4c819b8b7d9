// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/registry.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/plugin_library.hpp"
#include "runtime/test_directory.hpp"
#include "tenon/testing/fake_runtime.hpp"

namespace tenon::runtime {
namespace {

std::unique_ptr<Runtime> Fake(std::string name) {
  return std::make_unique<testing::FakeRuntime>(std::move(name), testing::FakeModelScript{});
}

bool Says(const Error& error, std::string_view part) {
  return std::string_view(error.what()).find(part) != std::string_view::npos;
}

// Some shared library of the system's that is certainly no plug-in.
std::filesystem::path LibraryOfTheSystem() {
  Dl_info info{};
  EXPECT_NE(dladdr(dlsym(RTLD_DEFAULT, "cosf"), &info), 0);
  return std::filesystem::canonical(info.dli_fname);
}

TEST(RuntimeRegistry, FindsWhatWasAdded) {
  RuntimeRegistry registry(std::vector<std::filesystem::path>{});
  registry.Add(Fake("tarot"));
  Runtime* const first = registry.Find("tarot").Value();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->Name(), "tarot");

  registry.Add(Fake("tarot"));
  EXPECT_EQ(registry.Find("tarot").Value(), first) << "an answer of Find has to stay valid";
}

TEST(RuntimeRegistry, SaysWhatItLookedForAndWhere) {
  const TestDirectory directory;
  directory.Write("other.so", "");
  directory.Write("libthird_party.so", "");
  RuntimeRegistry registry({directory.Path(), "/nowhere/at/all"});
  registry.Add(Fake("tarot"));

  const Result<Runtime*> found = registry.Find("onnx");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.Error().Code(), ErrorCode::kNotFound);
  for (const std::string& part :
       {std::string("\"onnx\""), std::string("onnx.so"), directory.Path().string(),
        std::string("/nowhere/at/all"), std::string("found other, tarot;"),
        std::string("TENON_RUNTIME_DIR")}) {
    EXPECT_TRUE(Says(found.Error(), part)) << part << " is not in " << found.Error().what();
  }
  EXPECT_EQ(registry.Available(), (std::vector<std::string>{"other", "tarot"}));
}

TEST(RuntimeRegistry, RefusesAFileThatIsNoLibrary) {
  const TestDirectory directory;
  directory.Write("onnx.so", "not a library");
  const Result<Runtime*> found = RuntimeRegistry({directory.Path()}).Find("onnx");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.Error().Code(), ErrorCode::kInternal);
  EXPECT_TRUE(Says(found.Error(), "onnx.so")) << found.Error().what();
  EXPECT_EQ(found.Error().Detail().find(directory.Path().string()), std::string::npos);
}

TEST(RuntimeRegistry, RefusesALibraryThatIsNoPlugin) {
  const TestDirectory directory;
  std::filesystem::create_symlink(LibraryOfTheSystem(), directory.Path() / "onnx.so");
  const Result<Runtime*> found = RuntimeRegistry({directory.Path()}).Find("onnx");
  ASSERT_FALSE(found);
  EXPECT_TRUE(Says(found.Error(), "not a plug-in of Tenon")) << found.Error().what();
}

TEST(PluginHeader, OfAnotherBuildIsRefusedInWords) {
  const PluginHeader ours = MakePluginHeader(nullptr);
  EXPECT_EQ(Mismatch(ours), std::nullopt);

  const auto changed = [&ours](auto change) {
    PluginHeader header = ours;
    change(header);
    return Mismatch(header).value_or("nothing");
  };
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(has(changed([](PluginHeader& h) { h.magic = 7; }), "not a plug-in"));
  EXPECT_TRUE(has(changed([](PluginHeader& h) { h.version_major = 99; }), "Tenon 99."));
  EXPECT_TRUE(has(changed([](PluginHeader& h) { h.version_minor += 1; }), "rebuild"));
  EXPECT_TRUE(has(changed([](PluginHeader& h) { h.compiler = "tcc"; }), "built by tcc"));
  EXPECT_TRUE(has(changed([](PluginHeader& h) { h.sanitizer = "memory"; }), "\"memory\""));
}

TEST(DefaultRuntimeDirectories, AreBesideTheProgramUnlessOneIsNamed) {
  const char* const before = std::getenv("TENON_RUNTIME_DIR");
  const std::optional<std::string> kept =
      before == nullptr ? std::nullopt : std::optional<std::string>(before);

  ASSERT_EQ(setenv("TENON_RUNTIME_DIR", "/some/where", 1), 0);
  EXPECT_EQ(DefaultRuntimeDirectories(), (std::vector<std::filesystem::path>{"/some/where"}));
  ASSERT_EQ(unsetenv("TENON_RUNTIME_DIR"), 0);
  const auto directories = DefaultRuntimeDirectories();
  ASSERT_EQ(directories.size(), 2U);
  for (const std::filesystem::path& directory : directories) {
    EXPECT_TRUE(directory.is_absolute()) << directory;
    EXPECT_TRUE(directory.string().ends_with("tenon/runtimes")) << directory;
  }
  if (kept) setenv("TENON_RUNTIME_DIR", kept->c_str(), 1);
}

}  // namespace
}  // namespace tenon::runtime
