#include "scenarios/limit_spec.hpp"

namespace headroom {

void LimitTierSpec::describe(Fields& field) {
  field("priority", priority,
        "most urgent priority that the tier is for, with all less urgent ones up to the next tier; what is more urgent than the "
        "first tier is not limited",
        between(0, 255));
  field("rate", rate, "tokens that come back, evenly, up to the burst", more_than(0));
  field("burst", burst,
        "tokens that can be taken at once; they are all there at first (without it: those of a second, at least one)",
        more_than(0));
  field("quota", quota, "tokens that can be taken in a period", more_than(0));
  field("period", period, "of the quota; periods begin with the run (1 day without it)", more_than(0));
}

void LimitSpec::describe(Fields& field) {
  field.required("name", name, "name of the limit");
  field.choice("per", per,
               "subject: every user, tenant or monitor has tokens of its own (the same number in two workloads is the same "
               "subject); all: those of a tier share them",
               {"subject", "all"});
  field.required("tiers", tiers, "what requests may take, by their priority");
}

}  // namespace headroom
