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
  field(action("when_changed", "how often what is looked at changes; \"steps\" run if it has since the last look", more_than(0)),
        when_changed);
  field(action("limit", "rate limit or quota of which the request takes its \"cost\""), limit);
  field(action("store", "store of which \"read\" or \"write\" names the key: one object is read or written"), store);
  field(action("write_cache", "cache of which \"key\" is written, by \"steps\" to what lies behind it"), write_cache);
  field(action("invalidate", "cache that forgets \"key\", or all that was looked up under \"generation\""), invalidate);
  field(action("transfer", "link to send \"bytes\", or the object under \"key\", over; waits until they are through"), transfer);
  field("timeout", timeout, "call, request: how long each try may take; the callee goes on working when it fires", more_than(0));
  field("retry", retry, "call, request: tries after a failure or a time-out (without it: one try)");
  field(FieldInfo{.name = "on_failure",
                  .meaning = "call, request: fail (the default) or continue as if it had been answered",
                  .choices = {"fail", "continue"}},
        on_failure);
  field("at_most", at_most, "for_each: how many run at a time (1: one after the other)", between(1, 1e6));
  field("steps", steps, "for_each: what is done each time; lock: what is done under the lock; when_changed: what is done then; limit: what "
        "is done with the tokens, if anything; write_cache: the write to what lies behind");
  field("key", key,
        "cache, write_cache, invalidate: the key that is meant; transfer: the key of the object that is sent; lock: the key that "
        "is locked");
  field("on_miss", on_miss, "cache: what is done when the key is not there");
  field("read", read, "query: a read by this key; store: reads an object of it");
  field("write", write, "query: a write by this key; store: writes an object of it");
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
  field("patience", patience, "request: a user who has waited this long, over all tries, leaves; the callee goes on working");
  field(FieldInfo{.name = "per",
                  .meaning = "for_each: whose count it is: drawn anew by each task (the default), one for all that the request does, "
                             "or always the same of a subject (user, tenant, monitor)",
                  .choices = {"task", "request", "subject"}},
        per);
  field("since", since,
        "when_changed: how long ago it was looked at last; without it the period of the monitor that asks, and of other workloads "
        "always long ago",
        more_than(0));
  field("cost", cost, "limit: tokens taken (1 without it)", at_least(0));
  field(FieldInfo{.name = "on_limit",
                  .meaning = "limit: without tokens fail (the default; the request is throttled, which is no error), wait for them, "
                             "or skip the steps; a quota that is used up nobody waits for",
                  .choices = {"fail", "wait", "skip"}},
        on_limit);
  field("longest_wait", longest_wait, "limit: who would have to wait longer fails at once", at_least(nothing));
  field("poll", poll, "lock: how long after an answer it asks again (100 ms without it)", more_than(0));
  field(FieldInfo{.name = "mode",
                  .meaning =
                      "write_cache: through, the steps, then the cache has the new value; behind, the cache has it at once, and "
                      "the steps run in the background after \"delay\"; around, the entry is removed, then the steps; aside, "
                      "the steps, then the entry is removed",
                  .choices = {"through", "behind", "around", "aside"}},
        mode);
  field("delay", delay, "write_cache: behind, how long after; what is written to the key until then goes along",
        at_least(nothing));
  field("generation", generation,
        "cache, write_cache: key whose invalidation ends the entry too; invalidate: key of which all entries end");
  field("bytes", bytes, "transfer: how much is sent", at_least(0));
  field("compression", compression, "transfer: bytes sent of bytes (all of them without it)", between(0.001, 1.0));
  field("bit_rate", bit_rate, "transfer: the most that this flow takes, such as the rate of a video", more_than(0));
  field("operation", operation, "query: one of the database's \"operations\" instead of its plain read or write");
  field(FieldInfo{.name = "consistency",
                  .meaning = "query with \"read\": any of the shard's nodes in turn (the default), which may not have the newest "
                             "write yet, or its primary",
                  .choices = {"any", "primary"}},
        consistency);
  field("age", age, "query of a database in \"partitions\": how long ago the rows asked for were written; now without it");
  field("request_size", request_size,
        "query, cache: bytes of what is asked; publish: of the message, from here to the worker; counted by where they go, they "
        "take no time of their own",
        at_least(0));
  field("response_size", response_size,
        "query: bytes of the answer; cache: of the value, when it is found and when it is filled; the same", at_least(0));
  field("client", client, "call: what it goes through, with the other calls of the replica that name it");
  field("fallback", fallback, "call: what is done instead when all tries have failed; the call fails if that does");
}

void OptionSpec::describe(Fields& field) {
  field("weight", weight, "how often this option is taken, against the weights of the others", at_least(0));
  field("steps", steps, "what is done; may be empty");
}

}  // namespace headroom
