// Options described once: name, meaning, range, and the member that holds the value (its initial value is the default).
//
// A type with `void describe(Fields&)` can be read from a file, printed as reference, turned into a JSON Schema and echoed into
// reports; each of these is one Visitor over the same description. Nothing here knows a file format.
//
//   struct Options {
//     Ratio target{0.7};
//     void describe(Fields& field) { field("target", target, "mean CPU utilization to hold", between(0.01, 1.0)); }
//   };
#pragma once

#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

class Fields;
class Registry;
class AnyOptions;

// The allowed values of a number, in its base unit (seconds, bytes, 1/s, ratio, USD, USD/s, bytes/s). For a distribution: of its mean.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_is_excluded = false;
  bool contains(double x) const { return x <= high && (low_is_excluded ? x > low : x >= low); }
};
inline Range between(double low, double high) { return {low, high, false}; }
inline Range between(Duration low, Duration high) { return {to_seconds(low), to_seconds(high), false}; }
inline Range at_least(double low) { return {low, std::numeric_limits<double>::infinity(), false}; }
inline Range at_least(Duration low) { return at_least(to_seconds(low)); }
inline Range more_than(double low) { return {low, std::numeric_limits<double>::infinity(), true}; }

// A distribution whose values have a dimension: written as one quantity (constant) or as {"exponential": {"mean": "4 ms"}}.
struct DistributionField {
  Distribution value;
  Dimension dimension = Dimension::time;
};

// "replicas": 3 or [3, 30].
struct IntegerRange {
  int low = 1;
  int high = 1;
};

// A name of something in the scenario; `kind` ("service", "endpoint", "cache", …) tells the reader where to look it up.
struct Reference {
  std::string name;
  std::string_view kind;
};

// The choice of a registered implementation with its options: {"policy": "hpa", …options}.
struct PolicyChoice {
  const Registry* registry = nullptr;      // set by the owner: which seam this is
  std::string name;                        // empty: none chosen
  std::shared_ptr<AnyOptions> options;     // of the chosen one
  bool chosen() const { return options != nullptr; }
};

struct FieldInfo {
  std::string_view name;
  std::string_view meaning;
  Range range{};
  bool required = false;
  std::vector<std::string_view> choices{};  // for text: the allowed words; empty: any
  // Fields of one object that share a non-empty `one_of`: exactly one of them must be present (the action of a step).
  std::string_view one_of{};
};

struct OptionalAccess;
struct ListAccess;

// An object with a describe() of its own. `type` names it in schemas and stops recursion there.
struct ObjectAccess {
  void* object = nullptr;
  void (*describe)(void*, Fields&) = nullptr;
  std::string_view type;
  // Which field a bare text stands for ("objectives": ["p(95) latency < 300 ms"] is [{"that": …}]); empty: none.
  std::string_view shorthand{};
};

using FieldValue = std::variant<bool*, int*, std::int64_t*, double*, Ratio*, Duration*, Bytes*, PerSecond*, Dollars*,
                                DollarsPerSecond*, BytesPerSecond*, std::string*, Reference*, IntegerRange*, DistributionField*,
                                Condition*, PolicyChoice*, ObjectAccess, std::shared_ptr<OptionalAccess>,
                                std::shared_ptr<ListAccess>>;

struct OptionalAccess {
  virtual ~OptionalAccess() = default;
  virtual bool has_value() const = 0;
  virtual FieldValue get() = 0;      // has_value()
  virtual FieldValue emplace() = 0;  // makes a default one
  virtual FieldValue prototype() = 0;  // a default one that belongs to nobody: for schema and reference
};

struct ListAccess {
  virtual ~ListAccess() = default;
  virtual std::size_t size() const = 0;
  virtual FieldValue at(std::size_t index) = 0;
  virtual FieldValue append() = 0;
  virtual void clear() = 0;
  virtual FieldValue prototype() = 0;
};

// One visit of all fields of an object.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void visit(const FieldInfo& info, FieldValue value) = 0;
};

template <class T>
FieldValue field_value_of(T& target);

// What a describe() is given.
class Fields {
 public:
  explicit Fields(Visitor& visitor) : visitor_{visitor} {}

  template <class T>
  Fields& operator()(std::string_view name, T& target, std::string_view meaning, Range range = {}) {
    return (*this)(FieldInfo{.name = name, .meaning = meaning, .range = range}, target);
  }
  template <class T>
  Fields& required(std::string_view name, T& target, std::string_view meaning, Range range = {}) {
    return (*this)(FieldInfo{.name = name, .meaning = meaning, .range = range, .required = true}, target);
  }
  Fields& choice(std::string_view name, std::string& target, std::string_view meaning, std::vector<std::string_view> words) {
    return (*this)(FieldInfo{.name = name, .meaning = meaning, .choices = std::move(words)}, target);
  }
  template <class T>
  Fields& operator()(const FieldInfo& info, T& target) {
    visitor_.visit(info, field_value_of(target));
    return *this;
  }

 private:
  Visitor& visitor_;
};

// What is wrong with options beyond the range of each field by itself: the field it is about, and a sentence on what would be
// right ("phases", "give exactly one of phases, rate, accounts and population").
using FieldProblems = std::vector<std::pair<std::string, std::string>>;

// The options of a registered implementation, whatever their type.
class AnyOptions {
 public:
  virtual ~AnyOptions() = default;
  virtual void describe(Fields& fields) = 0;
  // Asked after reading; files that the options name are relative to `directory`. An Options type may offer problems(directory)
  // or problems(), or neither.
  virtual FieldProblems problems(const std::string& directory) const = 0;
  // Files that the options read, as named in them: their contents belong to the inputs of a result.
  virtual std::vector<std::string> input_files() const = 0;
  virtual std::unique_ptr<AnyOptions> clone() const = 0;
};

template <class Options>
class OptionsOf final : public AnyOptions {
 public:
  OptionsOf() = default;
  explicit OptionsOf(Options options) : value{std::move(options)} {}
  void describe(Fields& fields) override { value.describe(fields); }
  FieldProblems problems(const std::string& directory) const override {
    if constexpr (requires { value.problems(directory); }) return value.problems(directory);
    else if constexpr (requires { value.problems(); }) return value.problems();
    else return (void)directory, FieldProblems{};
  }
  std::vector<std::string> input_files() const override {
    if constexpr (requires { value.input_files(); }) return value.input_files();
    else return {};
  }
  std::unique_ptr<AnyOptions> clone() const override { return std::make_unique<OptionsOf>(value); }
  Options value{};
};

namespace detail {

template <class T>
concept Described = requires(T& object, Fields& fields) { object.describe(fields); };

template <class T>
constexpr std::string_view type_name_of() {
  if constexpr (requires { T::type_name; }) return T::type_name;
  else return {};
}
template <class T>
constexpr std::string_view shorthand_of() {
  if constexpr (requires { T::shorthand; }) return T::shorthand;
  else return {};
}

template <class T>
struct OptionalOf final : OptionalAccess {
  explicit OptionalOf(std::optional<T>& value) : target{value} {}
  bool has_value() const override { return target.has_value(); }
  FieldValue get() override { return field_value_of(*target); }
  FieldValue emplace() override { return field_value_of(target.emplace()); }
  FieldValue prototype() override { return field_value_of(spare); }
  std::optional<T>& target;
  T spare{};
};

template <class T>
struct ListOf final : ListAccess {
  explicit ListOf(std::vector<T>& values) : target{values} {}
  std::size_t size() const override { return target.size(); }
  FieldValue at(std::size_t index) override { return field_value_of(target[index]); }
  FieldValue append() override { return field_value_of(target.emplace_back()); }
  void clear() override { target.clear(); }
  FieldValue prototype() override { return field_value_of(spare); }
  std::vector<T>& target;
  T spare{};
};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

}  // namespace detail

template <class T>
FieldValue field_value_of(T& target) {
  if constexpr (detail::Described<T>) {
    return ObjectAccess{&target, [](void* object, Fields& fields) { static_cast<T*>(object)->describe(fields); },
                        detail::type_name_of<T>(), detail::shorthand_of<T>()};
  } else if constexpr (detail::IsOptional<T>::value) {
    return std::make_shared<detail::OptionalOf<typename T::value_type>>(target);
  } else if constexpr (detail::IsVector<T>::value) {
    return std::make_shared<detail::ListOf<typename T::value_type>>(target);
  } else {
    return &target;
  }
}

}  // namespace headroom
