// Merge patch: RFC 7396, but lists of named objects merge by name. What `extends` and variants do.
//
//   base   "services": [{"name": "api", "replicas": 3, "cpu": 2}]
//   patch  "services": {"api": {"replicas": 5}}                    (or: [{"name": "api", "replicas": 5}])
//   gives  "services": {"api": {"replicas": 5, "cpu": 2}}
//
// null removes what the base has. Other lists (steps, rules without names) are replaced as a whole. A list of named objects
// may be written as an object, name -> rest, anywhere; merging two gives that form.
#pragma once

#include "scenarios/value.hpp"

namespace headroom {

void merge(Value& base, const Value& patch);
// [{"name": "api", …}] as {"api": {…}}. `list` is a named list in which no name occurs twice.
Value by_name(const Value& list);
bool has_repeated_names(const Value& list);

}  // namespace headroom
