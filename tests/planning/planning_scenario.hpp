// Small scenarios of one station, as files, for plans whose answer a formula knows.
#pragma once

#include <string>

#include "planning/trials.hpp"
#include "tests/scenarios/temporary_folder.hpp"

namespace headroom::test {

// Poisson arrivals of `rate` at `servers` slots, each held for `hold` (JSON of a distribution); `times`: how long it runs.
inline std::string one_station(const std::string& rate, int servers, const std::string& hold, const std::string& objective,
                               const std::string& times = R"("duration": "30 min", "warm_up": "2 min")") {
  return R"({"name": "one station", "seed": 11, "replications": 3, )" + times + R"(,
    "services": [{"name": "desk", "concurrency": )" +
         std::to_string(servers) + R"(, "endpoints": [{"name": "serve", "steps": [{"wait": )" + hold + R"(}]}]}],
    "workloads": [{"model": "users", "name": "people", "rate": ")" +
         rate + R"(", "journeys": [{"steps": [{"request": "desk.serve"}]}]}],
    "objectives": [")" +
         objective + R"("]})";
}
inline const std::string exponential_second = R"({"exponential": {"mean": "1 s"}})";

class PlannedFile {
 public:
  explicit PlannedFile(const std::string& text) : path_{folder_.write("scenario.json", text)} {}
  Trials trials(unsigned workers = 2) const {
    TrialOptions options;
    options.study.workers = workers;
    return Trials{TrialSource{path_, {}, {}}, options};
  }
  const std::string& path() const { return path_; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  std::string path_;
};

}  // namespace headroom::test
