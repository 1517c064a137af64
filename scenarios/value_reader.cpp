// One value into a field of its type: numbers with their units and ranges, words, names, lists, objects.
#include <algorithm>
#include <cmath>
#include <limits>

#include "scenarios/field_reader.hpp"
#include "sim/core/plain_units.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

// For "which is none of …".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 24; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 24 ? text + ", …" : text;
}

struct HasName final : Visitor {
  bool found = false;
  void visit(const FieldInfo& info, FieldValue) override { found = found || info.name == "name"; }
};

bool has_name(const FieldValue& element) {
  const auto* object = std::get_if<ObjectAccess>(&element);
  if (object == nullptr) return false;
  HasName names;
  Fields fields{names};
  object->describe(object->object, fields);
  return names.found;
}

// {"eu-west": "64 ms"} as an element {"name": "eu-west", "time": "64 ms"}.
Value element_from(const Member& member, std::string_view shorthand, Reading& reading) {
  Value element;
  element.kind = ValueKind::object;
  element.place = member.value.place;
  element.layer = member.value.layer;
  Value name = text_value(member.name, member.place);
  if (member.value.is(ValueKind::object)) {
    element.members = member.value.members;
    if (const Member* own = element.find("name")) {
      reading.issues.add(own->place, "is given twice: the object stands under the name " + quoted(member.name) + " already", "remove it");
      element.remove("name");
    }
  } else if (!shorthand.empty()) {
    element.members.push_back(Member{std::string{shorthand}, member.place, member.value});
  } else {
    expected(member.value, "an object", reading);
  }
  element.members.insert(element.members.begin(), Member{"name", member.place, std::move(name)});
  return element;
}

double smallest_of(Dimension dimension) { return dimension == Dimension::count ? -std::numeric_limits<double>::infinity() : 0.0; }

// `is_bare`: written without a unit, so that a share may lack its per cent sign.
bool lies_within(const Range& range, double number, bool is_bare, Dimension dimension, PlaceId place, Reading& reading,
                 std::string_view subject) {
  Range allowed = range;
  if (std::isinf(allowed.low)) allowed.low = smallest_of(dimension);
  if (allowed.contains(number)) return true;
  const auto text = [&](double x) { return to_text(x, dimension); };
  const bool is_open = allowed.high >= 1e15;  // no limit that anyone would want to read
  std::string message = std::string{subject} + " " + text(number);
  if (allowed.low_is_excluded && number <= allowed.low) message += "; it must be more than " + text(allowed.low);
  else if (is_open && number < allowed.low) message += ", below " + text(allowed.low) + ", the least allowed";
  else if (allowed.low_is_excluded || std::isinf(allowed.low)) message += ", above " + text(allowed.high) + ", the most allowed";
  else message += ", outside " + text(allowed.low) + " to " + text(allowed.high);
  const bool may_be_percent = is_bare && dimension == Dimension::ratio && number > 1.0 && allowed.contains(number / 100.0);
  reading.issues.add(place, std::move(message), may_be_percent ? "did you mean \"" + to_text(number / 100.0, dimension) + "\"?" : "");
  return false;
}

class ValueReader {
 public:
  ValueReader(const FieldInfo& info, const Value& value, Reading& reading) : info_{info}, value_{value}, reading_{reading} {}

  void operator()(bool* target) {
    if (value_.is(ValueKind::boolean)) *target = value_.truth;
    else expected(value_, "true or false", reading_);
  }
  void operator()(int* target) {
    if (const auto number = integer(-2147483648.0, 2147483647.0)) *target = static_cast<int>(*number);
  }
  void operator()(std::int64_t* target) {
    if (const auto number = integer(-9007199254740992.0, 9007199254740992.0)) *target = static_cast<std::int64_t>(*number);
  }
  void operator()(double* target) {
    if (const auto number = quantity(Dimension::count)) *target = *number;
  }
  void operator()(Ratio* target) {
    if (const auto number = quantity(Dimension::ratio)) target->value = *number;
  }
  void operator()(Duration* target) {
    if (const auto number = quantity(Dimension::time)) *target = to_duration(*number);
  }
  void operator()(Bytes* target) {
    const auto number = quantity(Dimension::bytes);
    if (number && *number < 9e18) target->count = std::llround(*number);
    else if (number) reading_.issues.add(value_.place, "is more bytes than can be counted");
  }
  void operator()(PerSecond* target) {
    if (const auto number = quantity(Dimension::rate)) target->value = *number;
  }
  void operator()(Dollars* target) {
    if (const auto number = quantity(Dimension::money)) target->value = *number;
  }
  void operator()(DollarsPerSecond* target) {
    if (const auto number = quantity(Dimension::money_rate)) target->value = *number;
  }
  void operator()(BytesPerSecond* target) {
    if (const auto number = quantity(Dimension::bandwidth)) target->value = *number;
  }
  void operator()(std::string* target);
  void operator()(Reference* target);
  void operator()(IntegerRange* target);
  void operator()(DistributionField* target) { read_distribution(info_, value_, *target, reading_); }
  void operator()(Condition* target);
  void operator()(PolicyChoice* target) { read_policy(info_, value_, *target, reading_); }
  void operator()(const ObjectAccess& target);
  void operator()(const std::shared_ptr<OptionalAccess>& target) { std::visit(*this, target->emplace()); }
  void operator()(const std::shared_ptr<ListAccess>& target);

 private:
  bool is_text(std::string_view what = "text");
  std::optional<double> integer(double least, double most);
  std::optional<double> whole_number(const Value& value, double least, double most);
  std::optional<double> quantity(Dimension dimension);
  bool is_share_of(const Range& range);
  bool is_in_plain_unit();

  const FieldInfo& info_;
  const Value& value_;
  Reading& reading_;
};

bool ValueReader::is_text(std::string_view what) {
  if (value_.is(ValueKind::text)) return true;
  const bool is_scalar = value_.is_number() || value_.is(ValueKind::boolean);
  expected(value_, what, reading_, is_scalar ? "write " + quoted(to_text(value_)) : "");
  return false;
}

std::optional<double> ValueReader::whole_number(const Value& value, double least, double most) {
  if (!value.is_number()) {
    QuantityError ignored;
    const bool is_quoted_number = value.is(ValueKind::text) && parse_as(Dimension::count, value.text, ignored);
    expected(value, "a whole number", reading_, is_quoted_number ? "write " + value.text + " without quotes" : "");
    return std::nullopt;
  }
  if (value.real != std::floor(value.real) || std::abs(value.real) > 9e15) {
    reading_.issues.add(value.place, "is " + to_text(value) + "; a whole number is expected");
    return std::nullopt;
  }
  Range range = info_.range;
  range.low = std::max(range.low, least);
  range.high = std::min(range.high, most);
  if (!check_range(value.real, Dimension::count, range, value.place, reading_)) return std::nullopt;
  return value.real;
}

std::optional<double> ValueReader::integer(double least, double most) { return whole_number(value_, least, most); }

// "90 %" where a number from 0 to 1 belongs: 0.9 is meant, and not 90.
bool ValueReader::is_share_of(const Range& range) {
  QuantityError ignored;
  if (!value_.is(ValueKind::text) || !value_.text.ends_with('%')) return false;
  const std::optional<double> share = parse_as(Dimension::ratio, value_.text, ignored);
  if (!share || range.contains(100.0 * *share) || !range.contains(*share)) return false;
  reading_.issues.add(value_.place, "has the unit \"%\" where a plain number is expected",
                      "write " + quoted(to_text(*share, Dimension::count)));
  return true;
}

// "3.76 W" where watts belong.
bool ValueReader::is_in_plain_unit() {
  const std::optional<PlainAmount> amount = value_.is(ValueKind::text) ? plain_amount(value_.text) : std::nullopt;
  if (!amount || info_.meaning.find(amount->unit->meaning) == std::string_view::npos) return false;
  const QuantityError error = plain_unit_error(*amount);
  reading_.issues.add(value_.place, error.message, error.suggestion);
  return true;
}

std::optional<double> ValueReader::quantity(Dimension dimension) {
  if (dimension == Dimension::count && (is_share_of(info_.range) || is_in_plain_unit())) return std::nullopt;
  const auto number = read_quantity(value_, dimension, reading_);
  const bool is_bare = !value_.is(ValueKind::text) || value_.text.find('%') == std::string::npos;
  if (!number || !lies_within(info_.range, *number, is_bare, dimension, value_.place, reading_, "is")) return std::nullopt;
  return number;
}

void ValueReader::operator()(std::string* target) {
  if (!is_text()) return;
  if (!info_.choices.empty() && std::find(info_.choices.begin(), info_.choices.end(), value_.text) == info_.choices.end()) {
    const std::string near = nearest_name(value_.text, info_.choices);
    const std::vector<std::string> words(info_.choices.begin(), info_.choices.end());
    reading_.issues.add(value_.place, "is " + quoted(value_.text) + ", which is none of " + listed(words),
                        near.empty() ? "" : "did you mean " + quoted(near) + "?");
    return;
  }
  if (info_.required && value_.text.empty()) {
    reading_.issues.add(value_.place, "is empty");
    return;
  }
  *target = value_.text;
}

void ValueReader::operator()(Reference* target) {
  if (!is_text("the name of something")) return;
  target->name = value_.text;
  reading_.references.push_back({target, value_.place});
}

void ValueReader::operator()(IntegerRange* target) {
  if (value_.is_number()) {
    if (const auto number = integer(-2147483648.0, 2147483647.0)) target->low = target->high = static_cast<int>(*number);
    return;
  }
  if (!value_.is(ValueKind::list) || value_.items.size() != 2) {
    expected(value_, "a whole number or [fewest, most]", reading_);
    return;
  }
  const auto low = whole_number(value_.items[0], -2147483648.0, 2147483647.0), high = whole_number(value_.items[1], -2147483648.0, 2147483647.0);
  if (!low || !high) return;
  if (*low > *high) {
    reading_.issues.add(value_.place, "begins with the larger end: " + to_text(value_.items[0]) + " is more than " + to_text(value_.items[1]),
                        "write [" + to_text(value_.items[1]) + ", " + to_text(value_.items[0]) + "]");
    return;
  }
  *target = IntegerRange{static_cast<int>(*low), static_cast<int>(*high)};
}

void ValueReader::operator()(Condition* target) {
  if (!is_text("a condition")) return;
  ConditionError error;
  const std::size_t offset = value_.verbatim ? value_.text_offset : 0;
  if (auto condition = parse_condition(value_.text, error)) {
    *target = std::move(*condition);
    reading_.conditions.push_back({target, value_.place, value_.verbatim, offset});
  } else {
    reading_.issues.add(value_.place, error.message, error.suggestion, value_.verbatim ? offset + error.column : 0);
  }
}

void ValueReader::operator()(const ObjectAccess& target) {
  if (value_.is(ValueKind::object)) return read_object(value_, target, reading_);
  if (target.shorthand.empty() || value_.is(ValueKind::list)) return expected(value_, "an object", reading_);
  Value object;
  object.kind = ValueKind::object;
  object.place = value_.place;
  object.layer = value_.layer;
  object.members.push_back(Member{std::string{target.shorthand}, value_.place, value_});
  read_object(object, target, reading_);
}

void ValueReader::operator()(const std::shared_ptr<ListAccess>& target) {
  std::vector<Value> elements;
  FieldInfo element_info = info_;
  element_info.required = false;
  const FieldValue prototype = target->prototype();
  if (value_.is(ValueKind::list)) {
    elements = value_.items;
  } else if (value_.is(ValueKind::object) && has_name(prototype)) {
    const std::string_view shorthand = std::get<ObjectAccess>(prototype).shorthand;
    for (const Member& member : value_.members) elements.push_back(element_from(member, shorthand, reading_));
  } else {
    return expected(value_, has_name(prototype) ? "a list, or an object of names," : "a list", reading_);
  }
  // All elements first: what is read into must not move afterwards.
  target->clear();
  for (std::size_t i = 0; i < elements.size(); ++i) target->append();
  for (std::size_t i = 0; i < elements.size(); ++i) read_field(element_info, elements[i], target->at(i), reading_);
}

}  // namespace

void expected(const Value& value, std::string_view what, Reading& reading, std::string suggestion) {
  const std::string is = value.is(ValueKind::boolean) ? to_text(value) : std::string{name_of(value.kind)};
  reading.issues.add(value.place, "is " + is + "; " + std::string{what} + " is expected", std::move(suggestion));
}

std::optional<double> read_quantity(const Value& value, Dimension dimension, Reading& reading) {
  if (value.is_unreadable) return std::nullopt;
  const bool needs_no_unit = dimension == Dimension::count || dimension == Dimension::ratio;
  if (value.is_number() && needs_no_unit) {
    if (std::isfinite(value.real)) return value.real;
    reading.issues.add(value.place, "is not a finite number");
    return std::nullopt;
  }
  if (value.is(ValueKind::text) || value.is_number()) {
    QuantityError error;
    if (const auto number = parse_as(dimension, to_text(value), error)) return number;
    if (value.is_number()) error.message = "is a bare number; " + std::string{name_of(dimension)} + " needs its unit";
    reading.issues.add(value.place, error.message, error.suggestion);
    return std::nullopt;
  }
  const std::string what = needs_no_unit ? "a number" : std::string{name_of(dimension)};
  expected(value, what, reading, "write \"" + std::string{example_of(dimension)} + "\"");
  return std::nullopt;
}

bool check_range(double number, Dimension dimension, const Range& range, PlaceId place, Reading& reading, std::string_view subject) {
  return lies_within(range, number, true, dimension, place, reading, subject);
}

void read_field(const FieldInfo& info, const Value& value, FieldValue target, Reading& reading) {
  if (value.is_unreadable) return;
  if (value.is(ValueKind::null)) {
    reading.issues.add(value.place, "is null", "leave it out, or give it a value");
    return;
  }
  std::visit(ValueReader{info, value, reading}, target);
}

}  // namespace headroom
