#include "scenarios/step_spec.hpp"

namespace headroom {

namespace {

constexpr Duration nothing{};

// The one thing a step does: exactly one of these fields.
FieldInfo action(std::string_view name, std::string_view meaning, Range range = {}) {
  return FieldInfo{.name = name, .meaning = meaning, .range = range, .one_of = "action"};
}

}  // namespace

void RetrySpec::describe(Fields& field) {
  field("attempts", attempts, "tries in all, the first included", between(1, 100));
  field("base", base, "back-off before the second try; before try n+1 it is base x factor^(n-1), at most \"at_most\"",
        at_least(nothing));
  field("factor", factor, "how much longer each back-off is than the one before", between(1.0, 100.0));
  field("at_most", at_most, "longest back-off", at_least(nothing));
  field.choice("jitter", jitter, "full: the back-off is drawn uniformly between 0 and that value; none: it is exactly that value",
               {"full", "none"});
}

void StepSpec::describe(Fields& field) {
  field(action("compute", "CPU demand on the replica's cores, in time of one core"), compute);
  field(action("wait", "time that takes no resource: a third party, a disk"), wait);
  field(action("think", "time a user takes before the next step (journeys)"), think);
  field(action("call", "endpoint of a service to ask, as service.endpoint; waits for the answer"), call);
  field(action("request", "endpoint a journey asks, as service.endpoint; waits for the answer"), request);
  field(action("parallel", "lists of steps that run at the same time; goes on when all have ended, fails if one failed"),
        parallel);
  field(action("for_each", "how many times to run \"steps\", rounded to a whole number", at_least(0)), for_each);
  field(action("choose", "options of which one is taken, by weight"), choose);
  field(action("cache", "cache to look \"key\" up in; on a miss \"on_miss\" runs, then the key is filled"), cache);
  field(action("query", "database to ask; \"read\" or \"write\" names the key by which it shards"), query);
  field(action("publish", "queue to put a message into; does not wait for its consumer"), publish);
  field(action("lock", "lock of which \"key\" is taken, held while \"steps\" run, and given back"), lock);
  field(action("respond", "true: answer now and go on working"), respond);
  field(action("generate",
               "language model to ask for a text of \"output\" tokens to an input of \"input\" tokens; waits for its last token"),
        generate);
  field("timeout", timeout, "call, request: how long each try may take; the callee goes on working when it fires", more_than(0));
  field("retry", retry, "call, request: tries after a failure or a time-out (without it: one try)");
  field(FieldInfo{.name = "on_failure",
                  .meaning = "call, request: fail (the default) or continue as if it had been answered",
                  .choices = {"fail", "continue"}},
        on_failure);
  field("at_most", at_most, "for_each: how many run at a time (1: one after the other)", between(1, 1e6));
  field("steps", steps, "for_each: what is done each time; lock: what is done under the lock");
  field("key", key, "cache: the key that is looked up; lock: the key that is locked");
  field("on_miss", on_miss, "cache: what is done when the key is not there");
  field("read", read, "query: a read by this key");
  field("write", write, "query: a write by this key");
  field("input", input, "generate: tokens of the input, rounded to a whole number", at_least(0));
  field("output", output, "generate: tokens of the answer, rounded to a whole number", at_least(0));
  field("cached", cached,
        "generate: share of the input that the model still has from earlier requests (its prefix cache); none without it",
        between(0.0, 1.0));
  field("priority", priority, "publish: class of the message, 0 is served first (without it: the priority of the request)",
        between(0, 255));
  field("lease", lease, "lock: after so long another may take the key, though its holder may be at work still", more_than(0));
  field("renew", renew, "lock: a living holder extends its lease this often, so that it runs out after a crash only",
        more_than(0));
  field(FieldInfo{.name = "on_held",
                  .meaning = "lock: when another holds the key, wait (the default) and ask again, skip the steps, or fail",
                  .choices = {"wait", "skip", "fail"}},
        on_held);
  field("poll", poll, "lock: how long after an answer it asks again (100 ms without it)", more_than(0));
  field("operation", operation, "query: one of the database's \"operations\" instead of its plain read or write");
  field(FieldInfo{.name = "consistency",
                  .meaning = "query with \"read\": any of the shard's nodes in turn (the default), which may not have the newest "
                             "write yet, or its primary",
                  .choices = {"any", "primary"}},
        consistency);
}

void OptionSpec::describe(Fields& field) {
  field("weight", weight, "how often this option is taken, against the weights of the others", at_least(0));
  field("steps", steps, "what is done; may be empty");
}

}  // namespace headroom
