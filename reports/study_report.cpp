#include "reports/study_report.hpp"

#include "reports/comparison.hpp"

namespace headroom {

std::string_view headroom_version() { return HEADROOM_VERSION; }

StudyReport make_study_report(std::string command, ScenarioFile file, Study study, double wall_seconds) {
  StudyReport report{.command = std::move(command),
                     .file = std::move(file),
                     .study = std::move(study),
                     .verdicts = {},
                     .comparison = {},
                     .headrooms = {},
                     .wall_seconds = wall_seconds};
  for (std::size_t v = 0; v < report.file.variants.size(); ++v) {
    std::vector<Verdict> verdicts;
    for (const ObjectiveSpec& objective : report.file.variants[v].scenario.objectives) {
      verdicts.push_back(judge(objective, report.study.runs[v]));
      if (verdicts.back().outcome != Outcome::pass) verdicts.back().binding = binding_of(objective.that, report.study.runs[v]);
    }
    report.verdicts.push_back(std::move(verdicts));
    report.headrooms.push_back(load_headroom(report.file.variants[v].scenario));
  }
  report.comparison = compare_variants(report.file, report.study);
  return report;
}

}  // namespace headroom
