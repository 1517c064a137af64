#include "cli/cache_replay.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/core/registry.hpp"

namespace headroom::cli {
namespace {

constexpr std::size_t batch_size = 4096;

// Says how far a pass is, not too often.
class PassProgress {
 public:
  PassProgress(const CacheReplay& replay, std::string what) : say_{replay.progress}, what_{std::move(what)} {}
  void at(double fraction) {
    const int percent = static_cast<int>(100.0 * fraction);
    if (!say_ || percent == last_) return;
    last_ = percent;
    say_(fmt::format("{}, {} %", what_, percent));
  }

 private:
  std::function<void(const std::string&)> say_;
  std::string what_;
  int last_ = -1;
};

// The next requests of the trace, at most a batch.
void read_batch(CacheTrace& trace, bool unit_sizes, std::vector<CacheRequest>& batch) {
  batch.clear();
  for (CacheRequest request; batch.size() < batch_size && trace.next(request);) {
    if (unit_sizes) request.bytes = 1;
    batch.push_back(request);
  }
}

// What a first pass finds out.
struct Contents {
  std::uint64_t objects = 0;
  std::int64_t bytes = 0;          // of distinct objects, as they first appeared
  std::vector<std::int64_t> next;  // by request, where it was asked for
};

Contents first_pass(const CacheReplay& replay, bool looks_ahead) {
  const auto trace = open_cache_trace(replay.path, replay.format, replay.columns);
  PassProgress progress{replay, "first pass: distinct objects"};
  Contents contents;
  ProbingTable<TableIndex> numbers;    // of objects, by key
  std::vector<std::int64_t> last_use;  // by object
  std::vector<CacheRequest> batch;
  std::int64_t number = 0;
  for (read_batch(*trace, replay.unit_sizes, batch); !batch.empty(); read_batch(*trace, replay.unit_sizes, batch)) {
    for (const CacheRequest& request : batch) {
      const TableIndex* const known = numbers.find(request.key);
      const TableIndex object = known != nullptr ? *known : TableIndex{};
      if (!object.in_use()) {
        numbers.insert(request.key, {static_cast<std::uint32_t>(contents.objects++)});
        contents.bytes += request.bytes;
      }
      if (!looks_ahead) continue;
      if (!object.in_use())
        last_use.push_back(number);
      else
        contents.next[static_cast<std::size_t>(std::exchange(last_use[object.index], number))] = number;
      contents.next.push_back(OfflineCachePolicy::never);
      ++number;
    }
    progress.at(trace->fraction_read());
  }
  return contents;
}

std::vector<std::int64_t> sizes_of(const CacheReplay& replay, const Contents& contents) {
  std::vector<std::int64_t> sizes;
  for (const CacheSize& size : replay.sizes) {
    const auto part = static_cast<std::int64_t>(size.share.value_or(0.0) * static_cast<double>(contents.bytes));
    sizes.push_back(size.share ? std::max<std::int64_t>(part, 1) : size.size);
  }
  return sizes;
}

bool is_offline(const PolicyChoice& choice) { return choice.registry == &RegistryOf<OfflineCachePolicy>::instance(); }

std::vector<ReplayedCache> all_caches(const CacheReplay& replay, const std::vector<std::int64_t>& sizes) {
  std::vector<ReplayedCache> caches;
  for (const PolicyChoice& policy : replay.policies) {
    for (const std::int64_t size : sizes) caches.emplace_back(policy, size);
  }
  return caches;
}

// One cache after the other takes a batch, so that it has the processor's memory to itself for a while.
void put_to(std::vector<ReplayedCache>& caches, const std::vector<CacheRequest>& batch) {
  constexpr std::size_t ahead = 16;
  for (ReplayedCache& cache : caches) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (i + ahead < batch.size()) cache.prefetch(batch[i + ahead].key);
      cache.request(batch[i]);
    }
  }
}

void second_pass(const CacheReplay& replay, const Contents& contents, std::vector<ReplayedCache>& caches, MissRatios& ratios) {
  const auto trace = open_cache_trace(replay.path, replay.format, replay.columns);
  PassProgress progress{replay, fmt::format("replay in {} caches", caches.size())};
  std::vector<CacheRequest> batch;
  for (read_batch(*trace, replay.unit_sizes, batch); !batch.empty(); read_batch(*trace, replay.unit_sizes, batch)) {
    for (CacheRequest& request : batch) {
      if (ratios.requests < contents.next.size()) request.next = contents.next[ratios.requests];
      ++ratios.requests;
      ratios.requested_bytes += request.bytes;
    }
    put_to(caches, batch);
    progress.at(trace->fraction_read());
  }
}

}  // namespace

MissRatios replay_caches(const CacheReplay& replay) {
  const auto has_share = [](const CacheSize& size) { return size.share.has_value(); };
  const bool shares = std::any_of(replay.sizes.begin(), replay.sizes.end(), has_share);
  const bool offline = std::any_of(replay.policies.begin(), replay.policies.end(), is_offline);
  const bool looks_ahead = offline && !open_cache_trace(replay.path, replay.format, replay.columns)->knows_next();
  MissRatios ratios;
  ratios.unit_sizes = replay.unit_sizes;
  Contents contents;
  if (shares || looks_ahead) {
    contents = first_pass(replay, looks_ahead);
    ratios.distinct_objects = contents.objects;
    ratios.distinct_bytes = contents.bytes;
  }
  ratios.sizes = sizes_of(replay, contents);
  std::vector<ReplayedCache> caches = all_caches(replay, ratios.sizes);
  second_pass(replay, contents, caches, ratios);
  for (std::size_t i = 0; i < caches.size(); ++i) {
    const std::size_t policy = i / ratios.sizes.size();
    if (i % ratios.sizes.size() == 0) ratios.rows.push_back({replay.policies[policy].name, {}});
    ratios.rows.back().cells.push_back({caches[i].misses(), caches[i].missed_bytes()});
  }
  return ratios;
}

}  // namespace headroom::cli
