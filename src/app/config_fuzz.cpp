// SPDX-License-Identifier: Apache-2.0
// Any tree as a serving configuration and as a `tenon.yaml`: both readers answer, and what they
// refuse, they refuse with file and line. The tree is written in one line: {key=value,key=[a,'b']}.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/artifact_config.hpp"
#include "app/config.hpp"
#include "app/config_node.hpp"
#include "tenon/app/yaml_plugin.hpp"

namespace {

using tenon::app::ConfigBuilder;
using tenon::app::ConfigNode;

// Sends the events that the plug-in would: always balanced, and a value for each key.
class Events {
 public:
  explicit Events(ConfigBuilder& builder) : builder_(builder) {}

  void Begin(std::int32_t event) {
    if (KeyIsDue()) return;
    Send(event, {});
    open_.push_back({.is_map = event == kTenonYamlBeginMap});
  }
  void End() {
    if (open_.empty()) return;
    if (open_.back().has_key) Send(kTenonYamlNull, {});
    open_.pop_back();
    Send(kTenonYamlEnd, {});
    Count();
  }
  void Scalar(std::int32_t event, std::string_view text) {
    Send(event, text);
    Count();
  }
  bool Done() const { return done_; }
  void Finish() {
    while (!open_.empty() && !done_) End();
  }

 private:
  struct Level {
    bool is_map = false;
    bool has_key = false;
  };
  bool KeyIsDue() const { return !open_.empty() && open_.back().is_map && !open_.back().has_key; }
  void Count() {
    if (open_.empty()) {
      done_ = true;
    } else if (open_.back().is_map) {
      open_.back().has_key = !open_.back().has_key;
    }
  }
  void Send(std::int32_t event, std::string_view text) {
    if (!done_ && !builder_.Add(event, ++line_, text)) done_ = true;
  }

  ConfigBuilder& builder_;
  std::vector<Level> open_;
  int line_ = 0;
  bool done_ = false;
};

void Build(std::string_view text, ConfigBuilder& builder) {
  constexpr std::string_view kMarks = "{}[],='~";
  Events events(builder);
  while (!text.empty() && !events.Done()) {
    const char mark = text.front();
    const auto end = text.find_first_of(kMarks);
    if (end != 0) {
      events.Scalar(kTenonYamlPlain, text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end);
      continue;
    }
    text.remove_prefix(1);
    switch (mark) {
      case '{': events.Begin(kTenonYamlBeginMap); break;
      case '[': events.Begin(kTenonYamlBeginList); break;
      case '}':
      case ']': events.End(); break;
      case '~': events.Scalar(kTenonYamlNull, {}); break;
      case '\'': {
        const auto close = text.find('\'');
        events.Scalar(kTenonYamlQuoted, text.substr(0, close));
        text.remove_prefix(close == std::string_view::npos ? text.size() : close + 1);
        break;
      }
      default: break;
    }
  }
  events.Finish();
}

template <class Value>
void MustSayWhere(const tenon::Result<Value>& result) {
  if (!result && !result.Error().Detail().starts_with("c.yaml:")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ConfigBuilder builder;
  Build(text, builder);
  const tenon::Result<ConfigNode> root = std::move(builder).Take("c.yaml");
  MustSayWhere(root);
  if (!root) return 0;
  tenon::app::ConfigJson(*root);
  MustSayWhere(tenon::app::ReadConfigNode(*root, "c.yaml"));
  MustSayWhere(tenon::app::ReadArtifactConfigNode(*root, "c.yaml"));
  return 0;
}
