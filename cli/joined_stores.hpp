// The stores of a study's shards as one store: what merge does, and every engine that runs shards does in the end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/experiment/result_store.hpp"

namespace headroom::cli {

// Stores are paths, opened one at a time: a study may have more shards than a process may have files. At least one.

// Throws UsageError, with what differs, unless the stores are parts of one study with as many replications each.
void expect_one_study(const std::vector<std::string>& stores);

// Hears why a store, or what follows in it, was left out.
using UnreadableStore = std::function<void(const std::string& why)>;

// A new store at `path`, in the place of any that was there, with every run of `stores` (of one study). Throws StoreError, but
// not for one that cannot be read if there is an `unreadable`; UsageError if two stores have different results of one run.
ResultStore join_stores(const std::vector<std::string>& stores, const std::string& path, const UnreadableStore& unreadable = {});

// The runs that the study was to have and the store has not.
std::vector<RunRequest> missing_runs(const ResultStore& store);
// The runs below `replications` that have neither a result nor a failure.
std::vector<RunRequest> missing_runs(const Study& study, std::uint64_t replications);

}  // namespace headroom::cli
