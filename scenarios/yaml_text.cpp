#include "scenarios/yaml_text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <yaml-cpp/depthguard.h>

#include <charconv>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/json_text.hpp"
#include "scenarios/text_file.hpp"

namespace headroom {

namespace {

struct Fault {
  YAML::Mark mark;
  std::string message;
  std::string suggestion;
};

std::string too_deep() { return "lists and objects lie more than " + std::to_string(deepest_nesting) + " deep in each other"; }

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  for (const std::string_view other : words) {
    if (word == other) return true;
  }
  return false;
}

bool all_in(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool read_integer(std::string_view text, int base, std::int64_t& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return failure == std::errc{} && end == text.data() + text.size();
}

// [-+]? ( . digits | digits ( . digits? )? ) ( e [-+]? digits )?
bool is_decimal(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (!all_in(power, digits)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return all_in(text, digits);
  const std::string_view before = text.substr(0, point), after = text.substr(point + 1);
  return (before.empty() || all_in(before, digits)) && (after.empty() || all_in(after, digits)) && !(before.empty() && after.empty());
}

// A plain scalar by the core schema of YAML 1.2 (section 10.3.2).
void read_plain(const std::string& text, Value& value) {
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) {
    value.kind = ValueKind::null;
    return;
  }
  if (one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    value.kind = ValueKind::boolean;
    value.truth = text[0] == 't' || text[0] == 'T';
    return;
  }
  std::string_view number = text;
  if (number.starts_with('+')) number.remove_prefix(1);
  const bool signed_twice = text.size() > 1 && text[0] == '+' && text[1] == '-';
  const std::string_view unsigned_part = number.starts_with('-') ? number.substr(1) : number;
  const bool is_integer = !signed_twice && (all_in(unsigned_part, "0123456789") ? read_integer(number, 10, value.integer)
                          : text.starts_with("0o") ? read_integer(text.substr(2), 8, value.integer)
                                                   : text.starts_with("0x") && read_integer(text.substr(2), 16, value.integer));
  if (is_integer) {
    value.kind = ValueKind::integer;
    value.real = static_cast<double>(value.integer);
  } else if (!signed_twice && is_decimal(unsigned_part)) {
    value.kind = ValueKind::real;
    std::from_chars(number.data(), number.data() + number.size(), value.real);
  } else if (one_of(unsigned_part, {".inf", ".Inf", ".INF"})) {
    value.kind = ValueKind::real;
    value.real = (number.starts_with('-') ? -1.0 : 1.0) * std::numeric_limits<double>::infinity();
  } else if (one_of(text, {".nan", ".NaN", ".NAN"})) {
    value.kind = ValueKind::real;
    value.real = std::numeric_limits<double>::quiet_NaN();
  } else {
    value.kind = ValueKind::text;
    value.text = text;
    value.verbatim = text.find('\n') == std::string::npos;
  }
}

// Builds the tree from the parser's events, with a stack of its own.
class YamlTree : public YAML::EventHandler {
 public:
  YamlTree(std::string_view text, std::uint32_t file, Issues& issues) : file_{file}, issues_{issues}, lines_{text} {}

  Value take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { scalar(mark, "?", anchor, ""); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) override {
    scalar(mark, tag, anchor, text);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, ValueKind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, ValueKind::object);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Value* container;
    YAML::anchor_t anchor = 0;
    bool expects_name = false;
    std::string name;                     // the member's that is being read
    PlaceId name_place = no_place;
    std::map<std::string, std::uint32_t> names;  // with their lines
    std::vector<Value> merged;            // what << brings
  };

  PlaceId place(const YAML::Mark& mark, PlaceId parent, std::string token);
  void count(const YAML::Mark& mark, std::size_t values);
  void scalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text);
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, ValueKind kind);
  void close();
  bool takes_name(const YAML::Mark& mark, const std::string* text);
  Value& next_value(const YAML::Mark& mark);
  void completed(const Value& value);
  void expand_merge_keys(Frame& frame);
  static std::size_t size_of(const Value& value);

  std::uint32_t file_;
  Issues& issues_;
  LineTable lines_;
  Value root_;
  std::vector<Frame> open_;
  std::deque<Value> aside_;  // values that are not members: of << and of names given twice
  std::map<YAML::anchor_t, Value> anchors_;
  std::size_t values_ = 0;
};

PlaceId YamlTree::place(const YAML::Mark& mark, PlaceId parent, std::string token) {
  const auto position = lines_.at(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column));
  return issues_.places().add(Place{file_, position.line, position.column, parent, std::move(token), {}});
}

void YamlTree::count(const YAML::Mark& mark, std::size_t values) {
  values_ += values;
  if (values_ > most_values) {
    throw Fault{mark, "more than " + std::to_string(most_values) + " values in one scenario, aliases expanded", "keep data in trace files"};
  }
}

std::size_t YamlTree::size_of(const Value& value) {
  std::size_t size = 1;
  for (const Value& item : value.items) size += size_of(item);
  for (const Member& member : value.members) size += size_of(member.value);
  return size;
}

// In an object every other event is a name. `text` is nullptr for what cannot be one.
bool YamlTree::takes_name(const YAML::Mark& mark, const std::string* text) {
  if (open_.empty() || !open_.back().expects_name) return false;
  if (text == nullptr) throw Fault{mark, "a list, an object or an alias stands where a name belongs", "names are plain text"};
  Frame& frame = open_.back();
  frame.expects_name = false;
  frame.name = *text;
  frame.name_place = place(mark, frame.container->place, *text);
  return true;
}

// Where the value that begins now belongs.
Value& YamlTree::next_value(const YAML::Mark& mark) {
  count(mark, 1);
  if (open_.empty()) {
    root_.place = place(mark, no_place, {});
    return root_;
  }
  Frame& frame = open_.back();
  Value& container = *frame.container;
  if (container.is(ValueKind::list)) {
    const PlaceId at = place(mark, container.place, std::to_string(container.items.size()));
    Value& item = container.items.emplace_back();
    item.place = at;
    return item;
  }
  frame.expects_name = true;
  const PlaceId at = place(mark, container.place, frame.name);
  const std::uint32_t line = issues_.places().at(frame.name_place).line;
  const auto [given, is_new] = frame.names.emplace(frame.name, line);
  if (!is_new) issues_.add(frame.name_place, "is given twice; the first is in line " + std::to_string(given->second), "remove one");
  const bool is_member = is_new && frame.name != "<<";
  Value& value = is_member ? container.members.emplace_back(Member{frame.name, frame.name_place, {}}).value : aside_.emplace_back();
  value.place = at;
  return value;
}

// A value is whole: if it belongs to a merge key, it is kept for the end of its object.
void YamlTree::completed(const Value& value) {
  if (open_.empty()) return;
  Frame& frame = open_.back();
  if (frame.container->is(ValueKind::object) && frame.name == "<<") frame.merged.push_back(value);
}

void YamlTree::scalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) {
  if (takes_name(mark, &text)) return;
  Value& value = next_value(mark);
  if (tag == "!" || tag == "tag:yaml.org,2002:str") {
    value.kind = ValueKind::text;
    value.text = text;
  } else if (tag.empty() || tag == "?") {
    read_plain(text, value);
  } else {
    throw Fault{mark, "the tag " + tag + " has no meaning here", "remove it"};
  }
  if (anchor != 0) anchors_[anchor] = value;
  completed(value);
}

void YamlTree::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  takes_name(mark, nullptr);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw Fault{mark, "this alias stands inside of what it repeats", ""};
  count(mark, size_of(found->second));
  Value& value = next_value(mark);
  value = found->second;
  completed(value);
}

void YamlTree::open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, ValueKind kind) {
  takes_name(mark, nullptr);
  if (!tag.empty() && tag != "?" && tag != "!") throw Fault{mark, "the tag " + tag + " has no meaning here", "remove it"};
  if (open_.size() >= deepest_nesting) {
    throw Fault{mark, too_deep(), ""};
  }
  Value& value = next_value(mark);
  value.kind = kind;
  open_.push_back(Frame{&value, anchor, kind == ValueKind::object, {}, no_place, {}, {}});
}

void YamlTree::close() {
  expand_merge_keys(open_.back());
  const Frame frame = std::move(open_.back());
  open_.pop_back();
  if (frame.anchor != 0) anchors_[frame.anchor] = *frame.container;
  completed(*frame.container);
}

// What is written out goes before what is merged in; of several merged objects the first goes before the later ones.
void YamlTree::expand_merge_keys(Frame& frame) {
  std::vector<Value> objects;
  for (Value& value : frame.merged) {
    if (value.is(ValueKind::list)) objects.insert(objects.end(), value.items.begin(), value.items.end());
    else objects.push_back(std::move(value));
  }
  for (Value& object : objects) {
    if (!object.is(ValueKind::object)) {
      issues_.add(object.place, "is " + std::string{name_of(object.kind)} + "; << merges an object or a list of objects");
      continue;
    }
    for (Member& member : object.members) {
      const bool is_new = frame.names.emplace(member.name, 0).second;
      if (is_new) frame.container->members.push_back(std::move(member));
    }
  }
}

void add_fault(Issues& issues, std::uint32_t file, const std::string& text, const YAML::Mark& mark, std::string message, std::string suggestion) {
  Issue issue{issues.places().files()[file], 0, 0, {}, std::move(message), std::move(suggestion)};
  if (!mark.is_null()) {
    const auto position = LineTable{text}.at(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column));
    issue.line = static_cast<int>(position.line);
    issue.column = static_cast<int>(position.column);
  }
  issues.add(std::move(issue));
}

}  // namespace

std::optional<Value> parse_yaml(const std::string& text, std::uint32_t file, Issues& issues) {
  try {
    std::istringstream stream{text};
    YAML::Parser parser{stream};
    YamlTree tree{text, file, issues};
    if (!parser.HandleNextDocument(tree)) {
      add_fault(issues, file, text, YAML::Mark::null_mark(), "holds nothing but comments", "a scenario begins with a name");
      return std::nullopt;
    }
    YamlTree second{text, file, issues};
    if (parser.HandleNextDocument(second)) {
      issues.add(second.take_root().place, "a second document begins here", "a file holds one scenario: put variants into \"variants\"");
      return std::nullopt;
    }
    return tree.take_root();
  } catch (const Fault& fault) {
    add_fault(issues, file, text, fault.mark, fault.message, fault.suggestion);
  } catch (const YAML::Exception& failure) {
    const bool is_deep = dynamic_cast<const YAML::DeepRecursion*>(&failure) != nullptr;
    const bool is_layout = failure.msg.find("end of") != std::string::npos || failure.msg.find("block") != std::string::npos;
    add_fault(issues, file, text, failure.mark, is_deep ? too_deep() : "is not YAML: " + failure.msg,
              is_layout && !is_deep ? "look at the indentation: it is made of spaces, the same for all that belongs together" : "");
  }
  return std::nullopt;
}

}  // namespace headroom
