// Distributions in files: "4 ms", {"exponential": {"mean": "4 ms"}}, {"p50": "6 s", "p95": "15 s"}, {"empirical": {"file": "…"}}.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>

#include "scenarios/field_reader.hpp"
#include "scenarios/samples.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

struct Parameter {
  std::string_view name;
  bool has_unit = true;  // of the field's dimension; else a plain number
};

struct Form {
  std::string_view kind;
  std::array<Parameter, 2> parameters;
  std::size_t count;
  Distribution (*make)(double, double);
};

constexpr Parameter plain(std::string_view name) { return {name, false}; }

constexpr std::array forms{
    Form{"uniform", {{{"low"}, {"high"}}}, 2, [](double a, double b) { return Distribution::uniform(a, b); }},
    Form{"exponential", {{{"mean"}, {}}}, 1, [](double a, double) { return Distribution::exponential(a); }},
    Form{"gamma", {{{"mean"}, plain("cv")}}, 2, [](double a, double b) { return Distribution::gamma(a, b); }},
    Form{"lognormal", {{{"median"}, plain("sigma")}}, 2, [](double a, double b) { return Distribution::lognormal(a, b); }},
    Form{"lognormal", {{{"mean"}, plain("cv")}}, 2, [](double a, double b) { return Distribution::lognormal_mean_cv(a, b); }},
    Form{"weibull", {{plain("shape"), {"scale"}}}, 2, [](double a, double b) { return Distribution::weibull(a, b); }},
    Form{"pareto", {{{"minimum"}, plain("shape")}}, 2, [](double a, double b) { return Distribution::pareto(a, b); }},
};

constexpr std::array<std::string_view, 9> kinds{"constant", "uniform", "exponential", "gamma", "lognormal",
                                                "weibull",  "pareto",  "empirical",   "p50"};

// "p95" is 0.95; nothing if it is no such name.
std::optional<double> probability_of(std::string_view name) {
  double percent = 0.0;
  if (!name.starts_with('p')) return std::nullopt;
  const auto [end, failure] = std::from_chars(name.data() + 1, name.data() + name.size(), percent, std::chars_format::fixed);
  if (failure != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return percent / 100.0;
}

bool names_quantiles(const Value& value) {
  return std::any_of(value.members.begin(), value.members.end(), [](const Member& member) { return probability_of(member.name).has_value(); });
}

class DistributionReader {
 public:
  DistributionReader(Dimension dimension, Reading& reading) : dimension_{dimension}, reading_{reading} {}

  // Nothing if it cannot be read; then there is an issue.
  std::optional<Distribution> read(const Value& value) {
    if (value.is(ValueKind::text) || value.is_number()) return constant(value);
    if (!value.is(ValueKind::object)) {
      if (value.is_unreadable) return std::nullopt;
      expected(value, "a distribution", reading_, "write \"" + std::string{example_of(dimension_)} + "\" or {\"exponential\": {\"mean\": …}}");
      return std::nullopt;
    }
    if (names_quantiles(value)) return quantiles(value);
    if (value.members.size() != 1) {
      reading_.issues.add(value.place, value.members.empty() ? "names no distribution" : "names more than one distribution", kinds_sentence());
      return std::nullopt;
    }
    return of_kind(value.members.front());
  }

 private:
  static std::string kinds_sentence() {
    std::string text = "there is ";
    for (std::size_t i = 0; i + 1 < kinds.size(); ++i) text += std::string{kinds[i]} + ", ";
    return text + "and quantiles such as {\"p50\": …, \"p95\": …}";
  }

  std::optional<Distribution> constant(const Value& value) {
    const auto number = read_quantity(value, dimension_, reading_);
    if (!number || !check_range(*number, dimension_, at_least(0.0), value.place, reading_)) return std::nullopt;
    return Distribution::constant(*number);
  }

  std::optional<Distribution> of_kind(const Member& member) {
    if (member.name == "constant") return constant(member.value);
    if (std::find(kinds.begin(), kinds.end(), member.name) == kinds.end()) {
      const std::string near = nearest_name(member.name, kinds);
      reading_.issues.add(member.place, "is not a distribution", near.empty() ? kinds_sentence() : "did you mean \"" + near + "\"?");
      return std::nullopt;
    }
    if (!member.value.is(ValueKind::object)) {
      expected(member.value, "an object with its parameters", reading_, member.name + " takes " + parameters_sentence(member.name));
      return std::nullopt;
    }
    if (member.name == "empirical") return empirical(member.value);
    if (member.name == "lognormal" && names_quantiles(member.value)) return lognormal_through(member.value);
    return of_form(member);
  }

  // "low and high", "median and sigma, or mean and cv, or p50 and p95".
  static std::string parameters_sentence(std::string_view kind) {
    if (kind == "empirical") return "file, column and unit, or values";
    std::string text;
    for (const Form& form : forms) {
      if (form.kind != kind) continue;
      text += (text.empty() ? "" : ", or ") + std::string{form.parameters[0].name};
      if (form.count == 2) text += " and " + std::string{form.parameters[1].name};
    }
    return kind == "lognormal" ? text + ", or p50 and p95" : text;
  }

  static std::span<const Parameter> parameters_of(const Form& form) { return {form.parameters.data(), form.count}; }
  static bool fits(const Form& form, const Value& given) {
    return given.members.size() == form.count && std::all_of(form.parameters.begin(), form.parameters.begin() + form.count,
                                                             [&](const Parameter& p) { return given.find(p.name) != nullptr; });
  }

  std::optional<Distribution> of_form(const Member& member) {
    const auto* form = std::find_if(forms.begin(), forms.end(),
                                    [&](const Form& one) { return one.kind == member.name && fits(one, member.value); });
    if (form == forms.end()) {
      complain_of_parameters(member);
      return std::nullopt;
    }
    std::array<double, 2> numbers{};
    for (std::size_t i = 0; i < form->count; ++i) {
      const Parameter& parameter = form->parameters[i];
      const Dimension dimension = parameter.has_unit ? dimension_ : Dimension::count;
      const auto number = read_quantity(member.value.find(parameter.name)->value, dimension, reading_);
      if (!number) return std::nullopt;
      numbers[i] = *number;
    }
    return made([&] { return form->make(numbers[0], numbers[1]); }, member.value.place);
  }

  void complain_of_parameters(const Member& member) {
    const std::string right = "it takes " + parameters_sentence(member.name);
    std::vector<std::string_view> known;
    for (const Form& form : forms) {
      if (form.kind == member.name) {
        for (const Parameter& parameter : parameters_of(form)) known.push_back(parameter.name);
      }
    }
    const std::size_t before = reading_.issues.size();
    for (const Member& given : member.value.members) {
      if (std::find(known.begin(), known.end(), given.name) != known.end()) continue;
      const std::string near = nearest_name(given.name, known);
      reading_.issues.add(given.place, "is not a parameter of " + member.name, near.empty() ? right : "did you mean \"" + near + "\"?");
    }
    if (reading_.issues.size() == before) reading_.issues.add(member.value.place, "does not have the parameters of " + member.name, right);
  }

  std::optional<std::vector<QuantilePoint>> points_of(const Value& value) {
    std::vector<QuantilePoint> points;
    bool all_good = true;
    for (const Member& member : value.members) {
      const auto probability = probability_of(member.name);
      if (!probability || !(*probability > 0.0 && *probability < 1.0)) {
        reading_.issues.add(member.place, "is not a quantile", "write p50, p95, p99.9: more than 0 and less than 100");
        all_good = false;
        continue;
      }
      const auto number = read_quantity(member.value, dimension_, reading_);
      if (number) points.push_back({*probability, *number});
      all_good = all_good && number;
    }
    if (!all_good) return std::nullopt;
    std::sort(points.begin(), points.end(), [](const QuantilePoint& a, const QuantilePoint& b) { return a.probability < b.probability; });
    return points;
  }

  std::optional<Distribution> quantiles(const Value& value) {
    const auto points = points_of(value);
    if (!points) return std::nullopt;
    return made([&] { return Distribution::from_quantiles(*points); }, value.place);
  }

  std::optional<Distribution> lognormal_through(const Value& value) {
    const auto points = points_of(value);
    if (!points) return std::nullopt;
    if (points->size() != 2) {
      reading_.issues.add(value.place, "is not two quantiles, which a lognormal needs", "for more, write them without \"lognormal\"");
      return std::nullopt;
    }
    return made([&] { return Distribution::from_quantiles(*points); }, value.place);
  }

  std::optional<Distribution> empirical(const Value& value) {
    const std::size_t before = reading_.issues.size();
    std::vector<double> samples = value.find("values") != nullptr ? listed_samples(value) : samples_of_file(value);
    if (reading_.issues.size() > before) return std::nullopt;
    return made([&] { return Distribution::empirical(std::move(samples)); }, value.place);
  }

  std::vector<double> listed_samples(const Value& value) {
    std::vector<double> samples;
    const Value& values = value.find("values")->value;
    if (value.members.size() > 1) reading_.issues.add(value.place, "has more beside its values", "give either values or a file");
    if (!values.is(ValueKind::list)) expected(values, "a list of values", reading_);
    for (const Value& item : values.items) {
      if (const auto number = read_quantity(item, dimension_, reading_)) samples.push_back(*number);
    }
    return samples;
  }

  std::vector<double> samples_of_file(const Value& value) {
    SamplesFile source;
    const std::size_t before = reading_.issues.size();
    read_object(value, std::get<ObjectAccess>(field_value_of(source)), reading_);
    if (reading_.issues.size() > before) return {};
    reading_.input_files.push_back(source.file);
    SamplesProblem problem;
    std::vector<double> samples = read_samples(source, reading_.directory, dimension_, problem);
    if (!problem.message.empty()) reading_.issues.add(value.find(problem.field)->value.place, problem.message, problem.suggestion);
    return samples;
  }

  template <class Make>
  std::optional<Distribution> made(Make make, PlaceId place) {
    try {
      return make();
    } catch (const std::invalid_argument& problem) {
      reading_.issues.add(place, problem.what());
      return std::nullopt;
    }
  }

  Dimension dimension_;
  Reading& reading_;
};

}  // namespace

void read_distribution(const FieldInfo& info, const Value& value, DistributionField& target, Reading& reading) {
  const auto distribution = DistributionReader{target.dimension, reading}.read(value);
  if (!distribution) return;
  if (std::isfinite(distribution->mean()) &&
      !check_range(distribution->mean(), target.dimension, info.range, value.place, reading, distribution->is_constant() ? "is" : "has the mean")) {
    return;
  }
  target.value = *distribution;
}

}  // namespace headroom
