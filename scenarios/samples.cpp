#include "scenarios/samples.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>

#include "scenarios/text_file.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

std::vector<std::string> cells_of(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') cells.emplace_back();
    else if (c != '"') cells.back() += c;
  }
  for (std::string& cell : cells) {
    const std::size_t first = cell.find_first_not_of(' ');
    cell = first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1);
  }
  return cells;
}

std::optional<double> number_of(const std::string& text) {
  double number = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What one of the unit is in the dimension's base unit.
std::optional<double> factor_of(const SamplesFile& source, Dimension dimension, SamplesProblem& problem) {
  if (source.unit.empty()) {
    if (dimension == Dimension::count || dimension == Dimension::ratio) return 1.0;
    problem = {"file", "has bare numbers; " + std::string{name_of(dimension)} + " needs its unit", "say which beside the file: \"unit\": …"};
    return std::nullopt;
  }
  QuantityError error;
  const auto factor = parse_as(dimension, "1 " + source.unit, error);
  if (!factor) {
    problem = {"unit", "\"" + source.unit + "\" is not a unit of " + std::string{name_of(dimension)}, {}};
    if (error.suggestion.starts_with("write \"1 ")) problem.suggestion = "write \"" + error.suggestion.substr(9);
  }
  return factor;
}

std::optional<std::size_t> column_of(const SamplesFile& source, const std::vector<std::string>& header, SamplesProblem& problem) {
  if (source.column.empty()) return 0;
  const auto found = std::find(header.begin(), header.end(), source.column);
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  const std::string near = nearest_name(source.column, header);
  std::string names;
  for (const std::string& name : header) names += (names.empty() ? "" : ", ") + name;
  problem = {"column", "the file has no column \"" + source.column + "\"", near.empty() ? "it has " + names : "did you mean \"" + near + "\"?"};
  return std::nullopt;
}

}  // namespace

void SamplesFile::describe(Fields& field) {
  field.required("file", file, "a CSV file, or one number per line; relative to the scenario");
  field("column", column, "name of its column; the first without it");
  field("unit", unit, "unit of the numbers: ms, KiB; needed where the quantity has one");
}

std::vector<double> read_samples(const SamplesFile& source, const std::string& directory, Dimension dimension, SamplesProblem& problem) {
  const auto factor = factor_of(source, dimension, problem);
  if (!factor) return {};
  const TextFile content = read_text_file(std::filesystem::path{directory} / source.file);
  if (!content.problem.empty()) {
    problem = {"file", "\"" + source.file + "\": " + content.problem, content.suggestion};
    return {};
  }
  std::istringstream lines{content.text};
  std::string line;
  std::optional<std::size_t> column;
  std::vector<double> samples;
  for (int row = 1; std::getline(lines, line); ++row) {
    const std::vector<std::string> cells = cells_of(line);
    if (!column) {
      column = column_of(source, cells, problem);
      if (!column) return {};
      if (!number_of(cells[*column])) continue;  // the header
    }
    if (cells.size() == 1 && cells[0].empty()) continue;
    const auto number = *column < cells.size() ? number_of(cells[*column]) : std::nullopt;
    if (!number || *number < 0.0) {
      problem = {"file", "\"" + source.file + "\", line " + std::to_string(row) + ": no number of at least 0 there", ""};
      return {};
    }
    samples.push_back(*number * *factor);
  }
  if (samples.empty()) problem = {"file", "\"" + source.file + "\": has no values", ""};
  return samples;
}

}  // namespace headroom
