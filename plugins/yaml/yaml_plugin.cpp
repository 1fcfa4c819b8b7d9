// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/yaml_plugin.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

namespace {

// From 1; the library counts from 0, and says -1 of what stands nowhere.
int LineOf(const YAML::Mark& mark) { return std::max(mark.line, 0) + 1; }

// What the sink has ended needs no further words.
struct Ended {};

class Walk {
 public:
  explicit Walk(const TenonYamlSink& sink) : sink_(sink) {}

  void Say(const YAML::Node& node) {
    const int line = LineOf(node.Mark());
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: return Tell(kTenonYamlNull, line, {});
      case YAML::NodeType::Scalar:
        // The library marks quoted scalars with the tag "!".
        return Tell(node.Tag() == "!" ? kTenonYamlQuoted : kTenonYamlPlain, line, node.Scalar());
      case YAML::NodeType::Sequence:
        Tell(kTenonYamlBeginList, line, {});
        for (const YAML::Node& item : node) Say(item);
        return Tell(kTenonYamlEnd, line, {});
      case YAML::NodeType::Map:
        Tell(kTenonYamlBeginMap, line, {});
        for (const auto& entry : node) {
          Say(entry.first);
          Say(entry.second);
        }
        return Tell(kTenonYamlEnd, line, {});
    }
  }

 private:
  void Tell(TenonYamlEvent event, int line, const std::string& text) {
    if (sink_.on_event(sink_.context, event, line, text.data(), text.size()) == 0) throw Ended();
  }
  const TenonYamlSink& sink_;
};

std::int32_t Refuse(int line, const std::string& why, TenonYamlFault& fault) {
  fault.line = line;
  const std::size_t size = std::min(why.size(), sizeof fault.text - 1);
  std::memcpy(fault.text, why.data(), size);
  fault.text[size] = '\0';
  return 1;
}

std::int32_t Read(const char* text, std::size_t size, const TenonYamlSink* sink,
                  TenonYamlFault* fault) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text, size));
    if (documents.size() > 1) {
      return Refuse(LineOf(documents[1].Mark()), "a second document begins", *fault);
    }
    Walk walk(*sink);
    walk.Say(documents.empty() ? YAML::Node() : documents.front());
    return 0;
  } catch (const Ended&) {
    return 0;
  } catch (const YAML::Exception& exception) {
    return Refuse(LineOf(exception.mark), exception.msg, *fault);
  } catch (const std::exception& exception) {
    return Refuse(1, exception.what(), *fault);
  }
}

}  // namespace

extern "C" [[gnu::visibility("default")]] const TenonYamlPlugin* tenon_yaml_plugin() {
  static const TenonYamlPlugin plugin{.version = tenon::app::kYamlPluginVersion, .read = &Read};
  return &plugin;
}
