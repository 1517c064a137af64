#include "decisions/recorded_metrics.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "models/caches/csv_file.hpp"
#include "scenarios/scenario_error.hpp"

namespace headroom::decisions {
namespace {

constexpr std::size_t most_issues = 20;
constexpr double first_milliseconds = 1e11;  // as seconds that would be the year 5138
constexpr double first_calendar = 1e8;       // as seconds since anything else that would be three years

bool digits(std::string_view text, std::size_t at, std::size_t count, int& number) {
  return at + count <= text.size() && number_in(text.substr(at, count), number) && number >= 0;
}

// "Z", "+02:00", "-0330" or nothing, in seconds east; none if it is something else.
std::optional<double> zone_of(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0.0;
  const double sign = text[0] == '-' ? -1.0 : 1.0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  text.remove_prefix(1);
  int hours = 0, minutes = 0;
  const std::size_t colon = text.size() == 5 && text[2] == ':' ? 3 : 2;
  if ((text.size() != 4 && text.size() != colon + 2) || !digits(text, 0, 2, hours) || !digits(text, colon, 2, minutes))
    return std::nullopt;
  return sign * (hours * 3600.0 + minutes * 60.0);
}

class Recording {
 public:
  explicit Recording(const RecordingChoice& choice) : choice_{choice}, file_{choice.path} {
    time_ = choice.time_column.empty() ? 0 : file_.column(choice.time_column);
    if (time_ < 0) complain(1, file_.missing_column(choice.time_column));
    for (const std::string& name : choice.columns) {
      places_.push_back(file_.column(name));
      if (places_.back() < 0) complain(1, file_.missing_column(name), "say where it stands: --column '" + name + "=COLUMN'");
      recorded_.columns.push_back({name, {}});
    }
  }

  RecordedMetrics read() {
    if (issues_.empty()) {
      while (issues_.size() < most_issues && !over_ && file_.next()) take_row();
    }
    if (issues_.empty() && recorded_.times.empty())
      complain(0, "has no row from --from on" + std::string{choice_.lasting ? " within --for" : ""});
    if (!issues_.empty()) throw ScenarioError{issues_};
    return std::move(recorded_);
  }

 private:
  void complain(std::uint64_t line, std::string message, std::string suggestion = {}) {
    issues_.push_back({choice_.path, static_cast<int>(line), line == 0 ? 0 : 1, {}, std::move(message), std::move(suggestion)});
  }

  std::optional<double> time_in(std::string_view cell) {
    double seconds = 0.0;
    if (number_in(cell, seconds) && std::isfinite(seconds)) return seconds >= first_milliseconds ? seconds / 1000.0 : seconds;
    const std::optional<double> date = calendar_seconds(cell);
    if (!date)
      complain(file_.line_number(), fmt::format("{} in column {} is no time; write seconds, or a date as 2024-05-01T12:00:00Z",
                                                quoted_cell(cell), quoted_cell(file_.names()[static_cast<std::size_t>(time_)])));
    return date;
  }

  // "NaN" is what Prometheus exports for no value.
  std::optional<double> value_in(std::string_view cell, const std::string& column) {
    double value = 0.0;
    if (cell.empty() || cell == "NaN" || cell == "nan" || cell == "null") return std::nullopt;
    if (number_in(cell, value) && std::isfinite(value) && value >= 0.0) return value;
    complain(file_.line_number(),
             fmt::format("{} in column {} is not a number from 0 on; leave the cell empty where nothing was measured",
                         quoted_cell(cell), quoted_cell(column)));
    return std::nullopt;
  }

  void take_row() {
    const std::vector<std::string_view>& cells = file_.cells();
    if (cells.size() < file_.names().size())
      return complain(file_.line_number(),
                      fmt::format("has {} cells; the first line names {}", cells.size(), file_.names().size()));
    const auto time = time_in(cells[static_cast<std::size_t>(time_)]);
    if (!time) return;
    if (last_ && *time <= *last_)
      return complain(file_.line_number(), "its time is not after that of the line before; put the lines in order of time");
    if (!last_) first_ = *time;
    last_ = time;
    const double since = *time - first_ - to_seconds(choice_.from);
    over_ = choice_.lasting && since > to_seconds(*choice_.lasting);
    if (since < 0.0 || over_) return;
    if (recorded_.times.empty()) {
      recorded_.begin = *time;
      recorded_.is_calendar = *time >= first_calendar;
    }
    recorded_.times.push_back(*time - recorded_.begin);
    for (std::size_t i = 0; i < places_.size(); ++i)
      recorded_.columns[i].values.push_back(value_in(cells[static_cast<std::size_t>(places_[i])], recorded_.columns[i].name));
  }

  const RecordingChoice& choice_;
  CsvFile file_;
  RecordedMetrics recorded_;
  std::vector<Issue> issues_;
  std::vector<int> places_;
  int time_ = 0;
  std::optional<double> last_;
  double first_ = 0.0;
  bool over_ = false;
};

}  // namespace

const RecordedColumn& RecordedMetrics::column(const std::string& name) const {
  return *std::ranges::find(columns, name, &RecordedColumn::name);
}

double RecordedMetrics::usual_distance() const {
  std::vector<double> distances;
  for (std::size_t i = 1; i < times.size(); ++i) distances.push_back(times[i] - times[i - 1]);
  if (distances.empty()) return 0.0;
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

std::optional<double> calendar_seconds(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  const bool is_date =
      digits(text, 0, 4, year) && digits(text, 5, 2, month) && digits(text, 8, 2, day) && text[4] == '-' && text[7] == '-';
  if (!is_date) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const double midnight = static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count()) * 86'400.0;
  if (text.size() == 10) return midnight;
  const bool is_time = (text[10] == 'T' || text[10] == ' ') && digits(text, 11, 2, hour) && digits(text, 14, 2, minute) &&
                       text[13] == ':' && hour < 24 && minute < 60;
  if (!is_time) return std::nullopt;
  std::string_view rest = text.substr(16);
  double seconds = 0.0;
  if (rest.starts_with(':')) {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789.", 1), rest.size());
    if (!number_in(rest.substr(1, end - 1), seconds) || seconds >= 61.0) return std::nullopt;
    rest.remove_prefix(end);
  }
  const std::optional<double> zone = zone_of(rest);
  if (!zone) return std::nullopt;
  return midnight + hour * 3600.0 + minute * 60.0 + seconds - *zone;
}

RecordedMetrics read_recorded_metrics(const RecordingChoice& choice) {
  try {
    return Recording{choice}.read();
  } catch (const FileError& error) {
    throw ScenarioError{{Issue{choice.path, 0, 0, {}, error.what(), {}}}};
  }
}

}  // namespace headroom::decisions
