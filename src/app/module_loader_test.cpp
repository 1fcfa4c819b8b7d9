// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/module_loader.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

// A folder that goes away with the test.
class ModuleLoaderInFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("tenon-modules-" + std::to_string(getpid()));
    fs::create_directories(folder_ / "serving");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const fs::path& name, std::string_view content) const {
    std::ofstream(folder_ / name) << content;
  }
  std::string Refusal(std::string_view module) const {
    const std::vector<fs::path> folders = {folder_};
    const auto loaded = LoadModule(module, folders);
    return loaded ? "loaded" : loaded.Error().Detail();
  }

  fs::path folder_;
};

ModuleHeader GoodHeader() {
  return {.magic = ModuleHeader::kMagic,
          .version_major = TENON_VERSION_MAJOR,
          .version_minor = TENON_VERSION_MINOR,
          .compiler = kCompiler,
          .sanitizer = kSanitizer,
          .first = nullptr,
          .last = nullptr};
}

TEST(ModuleLoader, TakesTargetsApart) {
  const auto target = ParseTarget("example_serving.single:handle");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->module, "example_serving.single");
  EXPECT_EQ(target->application, "handle");
  for (const char* text : {"", "hello", "hello:", ":handle", ":"}) {
    const auto refused = ParseTarget(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_NE(refused.Error().Detail().find("MODULE:NAME"), std::string::npos);
  }
}

TEST(ModuleLoader, LooksForTheFullNameFirstAndThenWithoutLeadingFolders) {
  const std::vector<fs::path> folders = {"here", "apps"};
  EXPECT_EQ(ModulePaths("hello", folders),
            (std::vector<fs::path>{"here/hello.so", "apps/hello.so"}));
  EXPECT_EQ(ModulePaths("project.serving.single", folders),
            (std::vector<fs::path>{"here/project/serving/single.so",
                                   "apps/project/serving/single.so", "here/serving/single.so",
                                   "apps/serving/single.so", "here/single.so", "apps/single.so"}));
}

TEST(ModuleLoader, TakesAPathAsItIs) {
  const std::vector<fs::path> folders = {"here"};
  EXPECT_EQ(ModulePaths("./a/b.so", folders), (std::vector<fs::path>{"./a/b.so"}));
  EXPECT_EQ(ModulePaths("b.so", folders), (std::vector<fs::path>{"b.so"}));
}

TEST_F(ModuleLoaderInFolder, NamesThePlacesAndTheNearestNames) {
  Write("serving/single.so", "");
  Write("hello.so", "");
  EXPECT_EQ(Refusal("helo"), "There is no module 'helo'; looked for '" +
                                 (folder_ / "helo.so").string() + "'. Did you mean 'hello'?");
  EXPECT_NE(Refusal("serving.singel").find("Did you mean 'serving.single'?"), std::string::npos)
      << Refusal("serving.singel");
  EXPECT_NE(Refusal("quite_different").find("There is 'hello', 'serving.single'."),
            std::string::npos)
      << Refusal("quite_different");
}

TEST_F(ModuleLoaderInFolder, SaysWhatToDoWhereThereIsNothing) {
  EXPECT_NE(Refusal("hello").find("--app-dir"), std::string::npos);
}

TEST_F(ModuleLoaderInFolder, RefusesWhatIsNoLibrary) {
  Write("text.so", "not an ELF file");
  Write("empty.so", "");
  EXPECT_NE(Refusal("text").find("is not a shared library"), std::string::npos);
  EXPECT_NE(Refusal("empty").find("is not a shared library"), std::string::npos);
}

TEST_F(ModuleLoaderInFolder, RefusesABrokenLibraryInTheLinkersWords) {
  Write("broken.so", "\177ELF and nothing else");
  EXPECT_NE(Refusal("broken").find("cannot be opened: the dynamic linker says: "),
            std::string::npos)
      << Refusal("broken");
}

TEST(ModuleLoader, AcceptsOnlyWhatWasBuiltForThisProgram) {
  EXPECT_TRUE(CheckHeader(GoodHeader()));
  struct Case {
    const char* what;
    void (*spoil)(ModuleHeader& header);
    const char* words;
  };
  const Case cases[] = {
      {"magic", [](ModuleHeader& h) { h.magic = 1; }, "its header is not one of Tenon's"},
      {"major", [](ModuleHeader& h) { ++h.version_major; }, "it was built for Tenon "},
      {"minor", [](ModuleHeader& h) { ++h.version_minor; }, "it was built for Tenon "},
      {"compiler", [](ModuleHeader& h) { h.compiler = "gcc-from-elsewhere"; },
       "it was built by gcc-from-elsewhere"},
      {"no compiler", [](ModuleHeader& h) { h.compiler = nullptr; }, "an unknown compiler"},
      {"sanitizer", [](ModuleHeader& h) { h.sanitizer = "memory"; }, "its sanitizer is 'memory'"},
  };
  for (const Case& test : cases) {
    ModuleHeader header = GoodHeader();
    test.spoil(header);
    const auto fits = CheckHeader(header);
    ASSERT_FALSE(fits) << test.what;
    EXPECT_NE(fits.Error().Detail().find(test.words), std::string::npos) << fits.Error().Detail();
  }
}

TEST(ModuleLoader, ListsTheApplicationsThatThereAre) {
  const ApplicationEntry entries[] = {{"handle", nullptr}, {"other", nullptr}};
  ModuleHeader header = GoodHeader();
  header.first = std::begin(entries);
  header.last = std::end(entries);
  const LoadedModule module{.path = "apps/hello.so", .header = &header};
  const auto found = FindApplication(module, "other");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, &entries[1]);
  const auto missing = FindApplication(module, "hadle");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.Error().Detail(),
            "The module 'apps/hello.so' has no application 'hadle'; it has 'handle', 'other'. Did "
            "you mean 'handle'?");
}

TEST(ModuleLoader, SaysThatAModuleHasNoApplication) {
  const ModuleHeader header = GoodHeader();
  const LoadedModule module{.path = "x.so", .header = &header};
  EXPECT_EQ(FindApplication(module, "handle").Error().Detail(),
            "The module 'x.so' has no application. Add a TENON_APPLICATION to it.");
}

}  // namespace
}  // namespace tenon::app
