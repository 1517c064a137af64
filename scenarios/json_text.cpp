#include "scenarios/json_text.hpp"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scenarios/text_file.hpp"

namespace headroom {

namespace {

using Json = nlohmann::json;

struct Fault {
  std::size_t offset = 0;
  std::string message;
  std::string suggestion;
};

constexpr std::string_view delimiters = ",:[]{}\"\n\r";

// True, NULL, None: what other languages say; empty if the word is none of these.
std::string likely_word(std::string word) {
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (word == "none" || word == "nil") return "null";
  return word == "true" || word == "false" || word == "null" ? word : "";
}

// One pass without recursion: brackets, commas and places are ours, so that every fault gets a sentence; each text and each
// number is read by the JSON library.
class JsonText {
 public:
  JsonText(std::string_view text, std::uint32_t file, Issues& issues) : text_{text}, file_{file}, issues_{issues}, lines_{text} {}

  Value read();

 private:
  struct Frame {
    Value* container;
    std::size_t begin;
    std::size_t comma = std::string_view::npos;              // the last one, when nothing has followed it yet
    std::unordered_map<std::string, std::uint32_t> names;    // of an object: with their lines
  };

  [[noreturn]] static void fail(std::size_t offset, std::string message, std::string suggestion = {}) {
    throw Fault{offset, std::move(message), std::move(suggestion)};
  }
  void skip_blanks();
  void skip_comment();
  bool at_end() const { return next_ >= text_.size(); }
  bool is_next(char c) const { return !at_end() && text_[next_] == c; }
  [[noreturn]] void fail_at_end();

  void read_next();
  bool closes_container();
  void expect_comma();
  Value& read_name();
  void read_value(Value& value);
  void open(Value& value, ValueKind kind);
  std::string read_string(Value* value);
  void read_word(Value& value);
  PlaceId place_here(PlaceId parent, std::string token);
  std::string line_of(std::size_t offset) { return std::to_string(lines_.at(offset).line); }
  std::string container_name(const Frame& frame) const { return frame.container->is(ValueKind::list) ? "list" : "object"; }

  std::string_view text_;
  std::uint32_t file_;
  Issues& issues_;
  LineTable lines_;
  std::size_t next_ = 0;
  std::size_t values_ = 0;
  std::vector<Frame> open_;
  std::deque<Value> repeated_;  // values of names given twice: read, then forgotten
};

Value JsonText::read() {
  Value root;
  skip_blanks();
  if (at_end()) fail(text_.size(), "holds nothing but comments", "a scenario begins with {");
  root.place = place_here(no_place, {});
  read_value(root);
  while (!open_.empty()) read_next();
  skip_blanks();
  if (!at_end()) fail(next_, "something follows after the end of the scenario", "remove it, or a bracket above closes too early");
  return root;
}

void JsonText::skip_blanks() {
  while (!at_end()) {
    const char c = text_[next_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') ++next_;
    else if (c == '/') skip_comment();
    else return;
  }
}

void JsonText::skip_comment() {
  const std::size_t begin = next_;
  if (text_.substr(next_, 2) == "//") {
    next_ = std::min(text_.find('\n', next_), text_.size());
  } else if (text_.substr(next_, 2) == "/*") {
    const std::size_t end = text_.find("*/", next_ + 2);
    if (end == std::string_view::npos) fail(begin, "this comment is not closed", "end it with */");
    next_ = end + 2;
  } else {
    fail(begin, "a single / stands here", "comments begin with // or /*");
  }
}

void JsonText::fail_at_end() {
  const Frame& frame = open_.back();
  const std::string bracket = frame.container->is(ValueKind::list) ? "]" : "}";
  fail(text_.size(), "the file ends inside the " + container_name(frame) + " that begins in line " + line_of(frame.begin),
       "a " + bracket + " is missing");
}

// The next element of the innermost open container, or its end.
void JsonText::read_next() {
  skip_blanks();
  if (at_end()) fail_at_end();
  if (closes_container()) return;
  Frame& frame = open_.back();
  Value& container = *frame.container;
  if (!container.items.empty() || !container.members.empty() || frame.comma != std::string_view::npos) expect_comma();
  if (closes_container()) return;
  if (container.is(ValueKind::object)) {
    read_value(read_name());
    return;
  }
  const PlaceId place = place_here(container.place, std::to_string(container.items.size()));
  Value& item = container.items.emplace_back();
  item.place = place;
  open_.back().comma = std::string_view::npos;
  read_value(item);
}

bool JsonText::closes_container() {
  if (!is_next('}') && !is_next(']')) return false;
  const Frame& frame = open_.back();
  const bool is_list = frame.container->is(ValueKind::list);
  if (is_next(']') != is_list) {
    fail(next_, std::string{"this "} + text_[next_] + " does not close the " + container_name(frame) + " that begins in line " +
                    line_of(frame.begin), is_list ? "a ] is missing before it" : "a } is missing before it");
  }
  if (frame.comma != std::string_view::npos) fail(frame.comma, "nothing follows this comma", "remove it");
  ++next_;
  open_.pop_back();
  return true;
}

void JsonText::expect_comma() {
  Frame& frame = open_.back();
  if (!is_next(',')) fail(next_, "a comma is missing before this");
  if (frame.comma != std::string_view::npos) fail(next_, "two commas follow each other", "remove one");
  frame.comma = next_++;
  skip_blanks();
  if (at_end()) fail_at_end();
  if (is_next(',')) fail(next_, "two commas follow each other", "remove one");
}

// Reads "name": and returns where its value belongs. Of a name given twice the second value is read and dropped.
Value& JsonText::read_name() {
  Value& object = *open_.back().container;
  if (is_next('\'')) fail(next_, "a name stands in single quotes", "use double quotes");
  if (!is_next('"')) {
    const std::size_t end = std::min(text_.find_first_of(delimiters, next_), text_.size());
    std::string word{text_.substr(next_, end - next_)};
    while (!word.empty() && word.back() == ' ') word.pop_back();
    if (word.empty()) fail(next_, "a name in double quotes is expected here");
    fail(next_, "a name stands without quotes", "write \"" + word + "\"");
  }
  const std::size_t begin = next_;
  std::string name = read_string(nullptr);
  const std::size_t after_name = next_;
  skip_blanks();
  if (!is_next(':')) fail(std::min(after_name, text_.size()), "a colon is missing after the name \"" + name + "\"");
  ++next_;
  open_.back().comma = std::string_view::npos;
  const auto position = lines_.at(begin);
  const PlaceId name_place = issues_.places().add(Place{file_, position.line, position.column, object.place, name, {}});
  const auto [given, is_new] = open_.back().names.emplace(name, position.line);
  if (!is_new) {
    issues_.add(name_place, "is given twice; the first is in line " + std::to_string(given->second), "remove one");
  }
  skip_blanks();
  if (at_end()) fail_at_end();
  const PlaceId place = place_here(object.place, name);
  Value& value = is_new ? object.members.emplace_back(Member{std::move(name), name_place, {}}).value : repeated_.emplace_back();
  value.place = place;
  return value;
}

PlaceId JsonText::place_here(PlaceId parent, std::string token) {
  if (++values_ > most_values) fail(next_, "more than " + std::to_string(most_values) + " values in one scenario", "keep data in trace files");
  const auto position = lines_.at(next_);
  return issues_.places().add(Place{file_, position.line, position.column, parent, std::move(token), {}});
}

void JsonText::read_value(Value& value) {
  switch (text_[next_]) {
    case '{': return open(value, ValueKind::object);
    case '[': return open(value, ValueKind::list);
    case '"':
      value.kind = ValueKind::text;
      value.text = read_string(&value);
      return;
    case '\'': fail(next_, "text stands in single quotes", "use double quotes");
    case '}':
    case ']':
    case ',':
    case ':': fail(next_, "a value is missing here");
    default: read_word(value);
  }
}

void JsonText::open(Value& value, ValueKind kind) {
  if (open_.size() >= deepest_nesting) {
    fail(next_, "lists and objects lie more than " + std::to_string(deepest_nesting) + " deep in each other");
  }
  value.kind = kind;
  open_.push_back(Frame{&value, next_, std::string_view::npos, {}});
  ++next_;
}

std::string JsonText::read_string(Value* value) {
  const std::size_t begin = next_;
  bool has_escape = false;
  for (++next_; !is_next('"'); ++next_) {
    if (at_end() || text_[next_] == '\n') fail(begin, "this text is not closed in its line", "end it with a double quote");
    if (text_[next_] == '\\') {
      has_escape = true;
      ++next_;
    }
  }
  ++next_;
  const Json parsed = Json::parse(text_.substr(begin, next_ - begin), nullptr, false);
  if (!parsed.is_string()) fail(begin, "this text has a control character or a wrong escape in it", R"(write \\ for a backslash, \t for a tab)");
  if (value != nullptr) {
    value->verbatim = !has_escape;
    value->text_offset = 1;
  }
  return parsed.get<std::string>();
}

// A number, true, false, null, or something that is none of these.
void JsonText::read_word(Value& value) {
  std::size_t end = std::min(text_.find_first_of(delimiters, next_), text_.size());
  const std::string_view ahead = text_.substr(next_, end - next_);
  end = next_ + std::min({ahead.size(), ahead.find("//"), ahead.find("/*")});
  while (end > next_ + 1 && (text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
  const std::string word{text_.substr(next_, end - next_)};
  const Json parsed = Json::parse(word, nullptr, false);
  if (parsed.is_boolean()) {
    value.kind = ValueKind::boolean;
    value.truth = parsed.get<bool>();
  } else if (parsed.is_number_integer() && !(parsed.is_number_unsigned() && parsed.get<std::uint64_t>() > INT64_MAX)) {
    value.kind = ValueKind::integer;
    value.integer = parsed.get<std::int64_t>();
    value.real = static_cast<double>(value.integer);
  } else if (parsed.is_number()) {
    value.kind = ValueKind::real;
    value.real = parsed.get<double>();
  } else if (parsed.is_null() && word == "null") {
    value.kind = ValueKind::null;
  } else {
    const std::string right = likely_word(word);
    if (!right.empty()) fail(next_, word + " is not a word of JSON", "write " + right);
    fail(next_, word + " is neither a number nor true, false or null", "write \"" + word + "\" if it is text");
  }
  next_ = end;
}

}  // namespace

std::optional<Value> parse_json(std::string_view text, std::uint32_t file, Issues& issues) {
  LineTable lines{text};
  try {
    return JsonText{text, file, issues}.read();
  } catch (const Fault& fault) {
    const auto position = lines.at(std::min(fault.offset, text.size()));
    issues.add(Issue{issues.places().files()[file], static_cast<int>(position.line), static_cast<int>(position.column), {}, fault.message,
                     fault.suggestion});
    return std::nullopt;
  }
}

}  // namespace headroom
