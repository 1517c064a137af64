#include "decisions/line_reader.hpp"

#include <iterator>
#include <utility>

#include "scenarios/field_reader.hpp"
#include "scenarios/json_text.hpp"
#include "scenarios/text_file.hpp"
#include "sim/core/metric_name.hpp"

namespace headroom::decisions {
namespace {

std::optional<Value> object_in(const std::string& text, Issues& issues) {
  const TextFile checked = checked_text(text);
  if (!checked.problem.empty()) {
    issues.add(
        Issue{issues.places().files().front(), checked.line, checked.column, {}, checked.problem, "write an object in JSON"});
    return std::nullopt;
  }
  std::optional<Value> value = parse_json(checked.text, 0, issues);
  if (!value || value->is(ValueKind::object)) return value;
  issues.add(value->place, "is " + std::string{name_of(value->kind)} + "; an object is expected", "begin with {");
  return std::nullopt;
}

// Names of metrics must be such as conditions have; here no scenario says which there are.
void check_names(const Reading& reading, Issues& issues) {
  for (const Reading::ReferenceFound& found : reading.references) {
    ConditionError error;
    if (found.reference->kind != MetricName::reference_kind || parse_selector(found.reference->name, error)) continue;
    issues.add(found.place, error.message, error.suggestion);
  }
}

}  // namespace

void read_options(Value options, const std::string& name, PolicyChoice& choice, Issues& issues) {
  const std::string discriminator{choice.registry->discriminator()};
  const PlaceId place = options.place;
  if (const Member* given = options.find(discriminator)) {
    if (to_text(given->value) != name)
      issues.add(given->value.place, "is " + to_text(given->value) + ", but " + name + " is asked", "remove it");
    options.remove(discriminator);
  }
  options.members.push_back(Member{discriminator, place, text_value(name, place)});
  Reading reading{issues, "."};
  read_policy(FieldInfo{.name = "options"}, options, choice, reading);
  check_names(reading, issues);
}

bool LineReader::read(const std::string& line, std::size_t number, AnyOptions& target) {
  Places places;
  places.add_file(source_);
  Issues issues{places};
  if (const std::optional<Value> object = object_in(line, issues)) {
    Reading reading{issues, "."};
    const ObjectAccess access{&target, [](void* any, Fields& fields) { static_cast<AnyOptions*>(any)->describe(fields); },
                              "line"};
    read_object(*object, access, reading);
    if (issues.empty()) {
      for (const auto& [field, sentence] : target.problems(".")) issues.add_below(object->place, field, sentence);
    }
  }
  if (issues.empty()) return true;
  take(issues.in_file_order(), number);
  return false;
}

void LineReader::complain(const FieldProblems& problems, std::size_t number) {
  std::vector<Issue> found;
  for (const auto& [field, sentence] : problems) found.push_back({source_, 1, 1, field.empty() ? "" : "/" + field, sentence, {}});
  take(std::move(found), number);
}

void LineReader::complain(std::string sentence, std::size_t number) {
  take({Issue{source_, 1, 1, {}, std::move(sentence), {}}}, number);
}

bool LineReader::read_choice(const std::string& options, const std::string& name, PolicyChoice& choice) {
  Places places;
  places.add_file(source_);
  Issues issues{places};
  if (std::optional<Value> object = object_in(options, issues)) read_options(std::move(*object), name, choice, issues);
  if (issues.empty()) return true;
  take(issues.in_file_order(), 1);
  return false;
}

void LineReader::take(std::vector<Issue> found, std::size_t number) {
  for (Issue& issue : found) {
    issue.line += static_cast<int>(number) - 1;
    issues_.push_back(std::move(issue));
  }
}

void LineReader::throw_if_any() const {
  if (has_issues()) throw ScenarioError{issues_};
}

}  // namespace headroom::decisions
