// SPDX-License-Identifier: Apache-2.0
// What a configuration means, without any YAML: trees are built by the events that the plug-in
// sends.
#include "app/config.hpp"

#include <gtest/gtest.h>

#include "tenon/app/options.hpp"
#include "tenon/app/yaml_plugin.hpp"

namespace tenon::app {
namespace {

using std::chrono_literals::operator""ms;

// A tree written down: each node stands on a line of its own, counted from 1 as it is added.
class Tree {
 public:
  Tree& Map() { return Event(kTenonYamlBeginMap); }
  Tree& List() { return Event(kTenonYamlBeginList); }
  Tree& End() { return Event(kTenonYamlEnd); }
  Tree& Key(std::string_view text) { return Event(kTenonYamlPlain, text); }
  Tree& Plain(std::string_view text) { return Event(kTenonYamlPlain, text); }
  Tree& Quoted(std::string_view text) { return Event(kTenonYamlQuoted, text); }
  Tree& Null() { return Event(kTenonYamlNull); }
  Result<ConfigNode> Take() { return std::move(builder_).Take("c.yaml"); }
  Result<ServerConfig> Read() {
    auto node = Take();
    if (!node) return std::move(node).Error();
    return ReadConfigNode(*node, "c.yaml");
  }

 private:
  Tree& Event(std::int32_t event, std::string_view text = {}) {
    builder_.Add(event, ++line_, text);
    return *this;
  }
  ConfigBuilder builder_;
  int line_ = 0;
};

// {applications: [{import_path: m:a, <more>
Tree Application() {
  Tree tree;
  tree.Map().Key("applications").List().Map().Key("import_path").Plain("m:a");
  return tree;
}
Tree& Close(Tree& tree) { return tree.End().End().End(); }

TEST(Config, HasTheDefaultsOfRayServe) {
  Tree tree = Application();
  const auto config = Close(tree).Read();
  ASSERT_TRUE(config) << config.Error().Detail();
  ASSERT_EQ(config->applications.size(), 1U);
  EXPECT_EQ(config->applications[0].name, "default");
  EXPECT_EQ(config->applications[0].route_prefix, "/");
  EXPECT_EQ(config->applications[0].import_path, "m:a");
  EXPECT_FALSE(config->host || config->port || config->request_timeout);
}

TEST(Config, ReadsEveryKey) {
  Tree tree = Application();
  tree.Key("name").Plain("letters").Key("route_prefix").Plain("/letters");
  tree.Key("args").Map().Key("k").Plain("5").Key("list").List().Plain("1").Quoted("2").End();
  tree.Key("left_out").Null().End();
  tree.Key("deployments").List().Map().Key("name").Plain("D").Key("num_replicas").Plain("2");
  tree.Key("max_ongoing_requests").Plain("3").Key("max_queued_requests").Plain("0");
  tree.Key("max_batch_size").Plain("16").Key("batch_wait_timeout_s").Plain("0.01");
  tree.Key("max_concurrent_batches").Plain("4");
  tree.Key("user_config").Map().Key("threshold").Plain("0.5").Key("label").Plain("x").End();
  tree.End().End().End().End();
  tree.Key("http_options").Map().Key("host").Plain("0.0.0.0").Key("port").Plain("9000");
  tree.Key("request_timeout_s").Plain("2.5").End();
  const auto config = tree.End().Read();
  ASSERT_TRUE(config) << config.Error().Detail();
  EXPECT_EQ(config->host, "0.0.0.0");
  EXPECT_EQ(config->port, 9000);
  EXPECT_EQ(config->request_timeout, 2500ms);
  const ApplicationConfig& application = config->applications.at(0);
  EXPECT_EQ(application.name, "letters");
  EXPECT_EQ(application.route_prefix, "/letters");
  using Arguments = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(application.arguments, (Arguments{{"k", "5"}, {"list", R"([1,"2"])"}}));
  const DeploymentOverride& deployment = application.deployments.at(0);
  EXPECT_EQ(deployment.name, "D");
  DeploymentOptions options;
  Apply(deployment, options);
  EXPECT_EQ(options.num_replicas, 2U);
  EXPECT_EQ(options.max_ongoing_requests, 3U);
  EXPECT_EQ(options.max_queued_requests, 0U);
  EXPECT_EQ(options.user_config, R"({"threshold":0.5,"label":"x"})");
  EXPECT_EQ(options.batch.max_batch_size, 16U);
  EXPECT_EQ(options.batch.batch_wait_timeout, std::chrono::microseconds(10'000));
  EXPECT_EQ(options.batch.max_concurrent_batches, 4U);
}

TEST(Config, LeavesToBindWhatItDoesNotSay) {
  DeploymentOptions options{.num_replicas = 7, .max_ongoing_requests = 8};
  Apply({.name = "D", .max_queued_requests = 9}, options);
  EXPECT_EQ(options.num_replicas, 7U);
  EXPECT_EQ(options.max_ongoing_requests, 8U);
  EXPECT_EQ(options.max_queued_requests, 9U);
}

void ExpectRefused(Tree& tree, const std::vector<std::string>& parts) {
  const auto config = tree.Read();
  ASSERT_FALSE(config) << parts[0];
  for (const std::string& part : parts) {
    EXPECT_NE(config.Error().Detail().find(part), std::string::npos)
        << part << " is not in: " << config.Error().Detail();
  }
}

TEST(Config, SaysWhichLineHasAnUnknownKeyAndWhatIsNearest) {
  Tree tree = Application();
  tree.Key("deployments").List().Map().Key("num_replica").Plain("1").End().End();
  ExpectRefused(Close(tree), {"c.yaml:10: ", "'num_replica'", "a deployment", "'num_replicas'?"});

  Tree top;
  top.Map().Key("aplications").Null().End();
  ExpectRefused(top, {"c.yaml:2: ", "Did you mean 'applications'?"});
}

TEST(Config, SaysWhatIsRayServesAlone) {
  Tree tree = Application();
  tree.Key("runtime_env").Map().End();
  ExpectRefused(Close(tree), {"c.yaml:7: ", "'runtime_env'", "Ray Serve's"});
}

TEST(Config, RefusesValuesWithWhatIsAllowed) {
  struct Case {
    const char* key;
    const char* value;
    const char* allowed;
  };
  for (const Case& one :
       {Case{"num_replicas", "0", "from 1 to"}, Case{"num_replicas", "auto", "whole number"},
        Case{"num_replicas", "1.5", "whole number"}, Case{"max_queued_requests", "-1", "from 0 to"},
        Case{"max_ongoing_requests", "99999999999999999999", "whole number"},
        Case{"batch_wait_timeout_s", "soon", "seconds"}, Case{"name", "", "a text"}}) {
    Tree tree = Application();
    tree.Key("deployments").List().Map().Key(one.key).Plain(one.value).End().End();
    ExpectRefused(Close(tree), {"c.yaml:11: ", one.key, one.allowed});
  }
  for (const char* prefix : {"letters", "/letters/", "/a b", "/a?b", ""}) {
    Tree tree = Application();
    tree.Key("route_prefix").Plain(prefix);
    ExpectRefused(Close(tree), {"c.yaml:8: ", "route_prefix", "/letters"});
  }
  for (const char* port : {"65536", "-1", "http"}) {
    Tree tree;
    tree.Map().Key("http_options").Map().Key("port").Plain(port).End().End();
    ExpectRefused(tree, {"c.yaml:5: ", "from 0 to 65535"});
  }
}

TEST(Config, WantsAnApplicationWithAnImportPath) {
  Tree empty;
  empty.Null();
  ExpectRefused(empty, {"c.yaml:1: ", "names no application", "tenon build"});
  Tree tree;
  tree.Map().Key("applications").List().Map().Key("name").Plain("a").End().End().End();
  ExpectRefused(tree, {"c.yaml:4: ", "import_path"});
  Tree text;
  text.Plain("hello");
  ExpectRefused(text, {"c.yaml:1: ", "keys with values"});
}

TEST(Config, WantsApplicationsThatDifferInNameAndPrefix) {
  Tree tree = Application();
  tree.End().Map().Key("import_path").Plain("m:b").Key("route_prefix").Plain("/b");
  ExpectRefused(Close(tree), {"c.yaml:8: ", "The name 'default'", "c.yaml:4"});
  Tree prefixes = Application();
  prefixes.End().Map().Key("import_path").Plain("m:b").Key("name").Plain("b");
  ExpectRefused(Close(prefixes), {"The route_prefix '/'"});
}

TEST(ConfigBuilder, RefusesAKeyThatIsThereTwice) {
  Tree tree;
  tree.Map().Key("a").Null().Key("a").Null().End();
  ExpectRefused(tree, {"c.yaml:4: ", "'a' is here twice", "line 2"});
}

TEST(ConfigBuilder, RefusesWhatIsTooDeepOrTooMuch) {
  ConfigBuilder deep;
  std::size_t depth = 0;
  while (deep.Add(kTenonYamlBeginList, 1, {})) ++depth;
  EXPECT_EQ(depth, ConfigBuilder::kMostDepth);
  EXPECT_NE(std::move(deep).Take("c").Error().Detail().find("too deep"), std::string::npos);

  ConfigBuilder wide;
  wide.Add(kTenonYamlBeginList, 1, {});
  std::size_t count = 1;
  while (wide.Add(kTenonYamlPlain, 1, "x")) ++count;
  EXPECT_EQ(count, ConfigBuilder::kMostNodes);
}

ConfigNode Scalar(ConfigNode::Kind kind, const char* text) {
  ConfigNode node;
  node.kind = kind;
  node.text = text;
  return node;
}

TEST(ConfigJson, TakesPlainScalarsForWhatTheyLookLike) {
  for (const auto& [text, json] : {std::pair{"1", "1"},
                                   {"-1.5e3", "-1.5e3"},
                                   {"true", "true"},
                                   {"01", "\"01\""},
                                   {"1.", "\"1.\""},
                                   {"inf", "\"inf\""},
                                   {"nan", "\"nan\""},
                                   {"+1", "\"+1\""},
                                   {"", "\"\""},
                                   {"a\"b", "\"a\\\"b\""},
                                   {"1e999", "\"1e999\""},
                                   {"-", "\"-\""}}) {
    EXPECT_EQ(ConfigJson(Scalar(ConfigNode::Kind::kPlain, text)), json);
  }
  EXPECT_EQ(ConfigJson(Scalar(ConfigNode::Kind::kQuoted, "1")), "\"1\"");
  EXPECT_EQ(ConfigJson({}), "null");
}

TEST(ApplyConfig, LeavesToFlagsAndVariablesWhatTheySay) {
  RunOptions options;
  options.host = "127.0.0.2";
  options.port = 7000;
  options.given = {{"--port", "7000", OptionSource::kFlag},
                   {"TENON_HOST", "127.0.0.2", OptionSource::kEnvironment}};
  ApplyConfig({.host = "0.0.0.0", .port = 9000, .request_timeout = 2000ms, .applications = {}},
              options);
  EXPECT_EQ(options.host, "127.0.0.2");
  EXPECT_EQ(options.port, 7000);
  EXPECT_EQ(options.request_timeout, 2000ms);
  ASSERT_EQ(options.given.size(), 3U);
  EXPECT_EQ(options.given[2].source, OptionSource::kConfig);
}

TEST(ApplyConfig, RefusesWordsThatTheFileHasKeysFor) {
  for (const auto& change :
       {+[](RunOptions& options) { options.arguments = {{"k", "1"}}; },
        +[](RunOptions& options) { options.given = {{"--name", "x", OptionSource::kFlag}}; }}) {
    RunOptions options;
    options.target = "c.yaml";
    change(options);
    const auto applied = ApplyConfig(options);
    ASSERT_FALSE(applied);
    EXPECT_NE(applied.Error().Detail().find("leave them out"), std::string::npos);
  }
}

TEST(WriteConfig, QuotesWhatWouldNotBeAText) {
  DeploymentOptions options{.num_replicas = 2};
  options.batch.max_batch_size = 8;
  const std::string text = WriteConfig({{"m:a", {{"Top<int>", options}, {"No", {}}}}, {"m:b", {}}});
  EXPECT_NE(text.find("- name: app1\n    route_prefix: /app1\n    import_path: m:a\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("- name: \"Top<int>\"\n        num_replicas: 2\n"), std::string::npos);
  EXPECT_NE(text.find("- name: \"No\"\n"), std::string::npos);
  EXPECT_NE(text.find("max_batch_size: 8\n"), std::string::npos);
}

}  // namespace
}  // namespace tenon::app
