#include "scenarios/store_spec.hpp"

#include <cmath>

#include "sim/measure/derived_metrics.hpp"

namespace headroom {

void StorageTierSpec::describe(Fields& field) {
  constexpr Duration nothing{};
  field.required("name", name, "name of the tier");
  field("after", after, "objects that nobody has read or written for so long lie here; the first tier has none",
        at_least(nothing));
  field("below", below, "by frequency (\"half_life\"): objects whose uses count less than this lie here; the first tier has none",
        more_than(0));
  field("latency", latency, "to the first byte of a read or a write");
  field("bandwidth", bandwidth, "of one read or write; without it the bytes take no time", more_than(0));
  field("price_per_gb_month", price_per_gb_month, "of 10^9 bytes that lie here for 30 days", at_least(0));
  field("price_per_1000_reads", price_per_1000_reads, "of a thousand reads", at_least(0));
  field("price_per_1000_writes", price_per_1000_writes, "of a thousand writes", at_least(0));
  field("retrieval_price_per_gb", retrieval_price_per_gb, "of 10^9 bytes read", at_least(0));
  field("minimum", minimum, "an object that leaves the tier earlier pays for the rest of it", at_least(nothing));
}

void DeltaSpec::describe(Fields& field) {
  field("versions", versions, "of each object at the start; every write makes one more", between(1, 1e9));
  field("snapshot_every", snapshot_every,
        "every so many versions one is kept whole; a read needs the last of these and what changed since", between(1, 1e6));
  field("share", share, "size of what changed from one version to the next, of the whole", between(0.0, 1.0));
}

void StoreSpec::describe(Fields& field) {
  field.required("name", name, "name of the store");
  field.required("key", key, "its objects: each item of the key is there from the start, as large as the key says");
  field.required("tiers", tiers, "where objects lie, from the one for those in use to the one for the oldest");
  field("half_life", half_life,
        "tiers by how often an object is used, not by its age: every read and write counts 1, which halves in this time; a read "
        "that "
        "brings the count to a tier's \"below\" brings the object nearer to the first",
        more_than(0));
  field(
      "promote_on_read", promote_on_read,
      "true: a read brings an object back to the first tier, and who asks for it meanwhile waits for that; a write always does");
  field("ages", ages, "since an object was last read or written, at the start; drawn per object");
  field("delta", delta, "keeps versions as changes; without it a write replaces the object");
  field(
      "region", region,
      "where it lies: it is a round trip away from others, and the bytes of its objects are counted by where they go; without it "
      "it is wherever it is used");
}

StoreBlueprint build_store(const StoreSpec& spec, Index key) {
  constexpr double gigabyte = 1e9;
  StoreBlueprint store;
  store.name = spec.name;
  store.key = key;
  store.promote_on_read = spec.promote_on_read;
  store.ages = spec.ages.value;
  store.half_life = spec.half_life.value_or(Duration{});
  const auto age_below = [&](double count) { return to_duration(-to_seconds(store.half_life) * std::log2(count)); };
  for (const StorageTierSpec& tier : spec.tiers) {
    store.tiers.push_back({.name = tier.name,
                           .latency = tier.latency.value,
                           .bandwidth = tier.bandwidth.value_or(BytesPerSecond{}),
                           .after = tier.below ? age_below(*tier.below) : tier.after,
                           .minimum = tier.minimum,
                           .price = tier.price_per_gb_month.value / gigabyte / month_seconds,
                           .read_price = tier.price_per_1000_reads.value / 1000.0,
                           .write_price = tier.price_per_1000_writes.value / 1000.0,
                           .retrieval_price = tier.retrieval_price_per_gb.value / gigabyte});
  }
  if (spec.delta) {
    store.chain = {spec.delta->snapshot_every, spec.delta->share.value};
    store.versions = spec.delta->versions;
  }
  return store;
}

}  // namespace headroom
