#include "scenarios/document.hpp"

#include <filesystem>
#include <set>
#include <utility>

#include "scenarios/json_text.hpp"
#include "scenarios/merge.hpp"
#include "scenarios/text_file.hpp"
#include "scenarios/variants.hpp"
#include "scenarios/yaml_text.hpp"

namespace headroom {

namespace {

namespace files = std::filesystem;

std::optional<Value> parse_file(const std::string& path, std::uint32_t file, Issues& issues) {
  const TextFile content = read_text_file(path);
  if (!content.problem.empty()) {
    issues.add(Issue{path, content.line, content.column, {}, content.problem, content.suggestion});
    return std::nullopt;
  }
  const std::string extension = files::path{path}.extension();
  const bool is_yaml = extension == ".yaml" || extension == ".yml";
  std::optional<Value> root = is_yaml ? parse_yaml(content.text, file, issues) : parse_json(content.text, file, issues);
  if (root && !root->is(ValueKind::object)) {
    issues.add(root->place, "is " + std::string{name_of(root->kind)} + "; a scenario is an object", "begin with { and give it a \"name\"");
    return std::nullopt;
  }
  return root;
}

// Text of a member that the document itself uses; taken out of the object.
std::optional<Value> take(Value& object, std::string_view name) {
  Member* member = object.find(name);
  if (member == nullptr) return std::nullopt;
  Value value = std::move(member->value);
  object.remove(name);
  if (value.is(ValueKind::null)) return std::nullopt;
  return value;
}

std::optional<std::string> take_text(Value& object, std::string_view name, Issues& issues) {
  const std::optional<Value> value = take(object, name);
  if (!value) return std::nullopt;
  if (value->is(ValueKind::text)) return value->text;
  issues.add(value->place, "is " + std::string{name_of(value->kind)} + "; text is expected");
  return std::nullopt;
}

std::string canonical(const std::string& path) {
  std::error_code failure;
  const files::path result = files::weakly_canonical(path, failure);
  return failure ? path : result.string();
}

// Follows `extends` from the file downwards and merges upwards.
class Chain {
 public:
  explicit Chain(Issues& issues) : issues_{issues} {}

  std::optional<Value> read(const std::string& path) {
    std::vector<Value> texts;
    std::string next = path;
    while (!next.empty()) {
      const std::uint32_t file = issues_.places().add_file(next);
      std::optional<Value> text = parse_file(next, file, issues_);
      if (!text) return std::nullopt;
      paths_.push_back(next);
      seen_.insert(canonical(next));
      const std::size_t issues_before = issues_.size();
      next = base_of(*text, next);
      if (issues_.size() > issues_before) return std::nullopt;
      texts.push_back(std::move(*text));
    }
    return merged(std::move(texts));
  }
  const std::vector<std::string>& paths() const { return paths_; }
  std::uint16_t layers() const { return static_cast<std::uint16_t>(paths_.size()); }

 private:
  std::string base_of(Value& text, const std::string& path) {
    const std::optional<Value> extends = take(text, "extends");
    if (!extends) return {};
    if (!extends->is(ValueKind::text) || extends->text.empty()) {
      issues_.add(extends->place, "is " + std::string{name_of(extends->kind)} + "; the name of a file is expected");
      return {};
    }
    const std::string base = (files::path{path}.parent_path() / extends->text).lexically_normal();
    if (seen_.contains(canonical(base))) {
      std::string cycle;
      for (const std::string& file : paths_) cycle += files::path{file}.filename().string() + " -> ";
      issues_.add(extends->place, "goes round in a circle: " + cycle + files::path{base}.filename().string(), "remove one of them");
      return {};
    }
    std::error_code failure;
    if (!files::exists(base, failure)) {
      const std::string near = nearest_file(base);
      issues_.add(extends->place, "there is no file \"" + extends->text + "\"",
                  near.empty() ? "" : "did you mean \"" + near + "\"?");
      return {};
    }
    if (seen_.size() >= 16) {
      issues_.add(extends->place, "more than 16 files extend each other");
      return {};
    }
    return base;
  }

  // Variants of a base are kept; one of the same name is replaced as a whole, since its patch is not the scenario's own text, and
  // null removes it.
  static void merge_variants(Value& base, Value& patch) {
    Member* old_variants = base.find("variants");
    Member* new_variants = patch.find("variants");
    if (old_variants == nullptr || new_variants == nullptr) return;
    const auto as_object = [](const Value& value) { return is_named_list(value) && !has_repeated_names(value) ? by_name(value) : value; };
    Value old_ones = as_object(old_variants->value), new_ones = as_object(new_variants->value);
    if (!old_ones.is(ValueKind::object) || !new_ones.is(ValueKind::object)) return;
    for (Member& member : new_ones.members) {
      Member* same = old_ones.find(member.name);
      if (same != nullptr && member.value.is(ValueKind::null)) old_ones.remove(std::string{member.name});
      else if (same != nullptr) *same = std::move(member);
      else old_ones.members.push_back(std::move(member));
    }
    base.remove("variants");
    new_variants->value = std::move(old_ones);
  }

  static std::optional<Value> merged(std::vector<Value> texts) {
    std::uint16_t layer = 0;
    Value result = std::move(texts.back());
    for (texts.pop_back(); !texts.empty(); texts.pop_back()) {
      Value& patch = texts.back();
      set_layer(patch, ++layer);
      merge_variants(result, patch);
      // Patches keep their nulls: they are for the variant's base, not for this merge.
      const Member* own = patch.find("variants");
      if (own != nullptr && own->value.is(ValueKind::null)) result.remove("variants");
      std::optional<Value> variants = take(patch, "variants");
      const PlaceId place = patch.place;
      merge(result, patch);
      result.place = place;
      if (variants) {
        result.remove("variants");
        result.members.push_back(Member{"variants", variants->place, std::move(*variants)});
      }
    }
    return result;
  }

  Issues& issues_;
  std::vector<std::string> paths_;
  std::set<std::string> seen_;
};

}  // namespace

std::optional<Document> read_document(const std::string& path, Issues& issues) {
  Chain chain{issues};
  std::optional<Value> root = chain.read(path);
  if (!root) return std::nullopt;
  Document document;
  document.files = chain.paths();
  take(*root, "$schema");
  if (const auto name = take_text(*root, "base_name", issues)) document.base_name = *name;
  const std::optional<Value> variants = take(*root, "variants");
  document.base = std::move(*root);
  if (variants) read_variants(*variants, chain.layers(), document, issues);
  return document;
}

}  // namespace headroom
