// Tables of the Vertical Pod Autoscaler's histograms: buckets, percentiles, checkpoints; and of its peaks of memory.
#include <stdexcept>

#include "conformance/table.hpp"
#include "policies/autoscaling/vpa_recommender.hpp"

namespace headroom::conformance {
namespace {

const Json& rows_of(const Json& table) { return table.contains("rows") ? table.at("rows") : table.at("cases"); }

// Numbers that another library's logarithm and power may give in another last digit.
constexpr double last_digits = 1e-12;

vpa::BucketLayout layout_of(const Json& row) {
  const double epsilon = row.value("epsilon", 1e-15);
  if (row.at("kind") == "linear") return vpa::BucketLayout::linear(row.at("max"), row.at("bucket"), epsilon);
  if (row.at("kind") == "exponential")
    return vpa::BucketLayout::exponential(row.at("max"), row.at("first_bucket"), row.at("ratio"), epsilon);
  throw std::invalid_argument{"\"kind\" is " + row.at("kind").dump()};
}

void check_bucket_layout(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) {
    rows.row(row, [&](RowCheck& expect) {
      const vpa::BucketLayout layout = layout_of(row);
      expect.equal("buckets", row.at("buckets"), layout.count());
      for (const Json& pair : row.value("starts", Json::array()))
        expect.near("start of " + pair.at(0).dump(), pair.at(1), layout.start(pair.at(0)), last_digits);
      for (const Json& pair : row.value("find", Json::array()))
        expect.equal("bucket of " + pair.at(0).dump(), pair.at(1), layout.find(pair.at(0)));
      for (const Json& pair : row.value("end_of_bucket", Json::array()))
        expect.near("end of " + pair.at(0).dump(), pair.at(1), layout.end(layout.find(pair.at(0))), last_digits);
    });
  }
}

// "linear10": 11 buckets of 1; "linear1": 11 of 0.1.
vpa::Histogram histogram_of(const Json& row) {
  const std::string options = row.value("options", "linear10");
  if (options != "linear10" && options != "linear1") throw std::invalid_argument{"\"options\" is \"" + options + "\""};
  const double max = options == "linear10" ? 10.0 : 1.0;
  std::optional<Duration> half_life;
  if (row.contains("half_life_s") && !row.at("half_life_s").is_null())
    half_life = to_duration(row.at("half_life_s").get<double>());
  return vpa::Histogram{vpa::BucketLayout::linear(max, max / 10.0, 1e-15), half_life};
}

void apply(const Json& operation, vpa::Histogram& histogram) {
  const double value = operation.at(1), weight = operation.at(2);
  const SimTime at = at_seconds(operation.at(3));
  if (operation.at(0) == "add")
    histogram.add(value, weight, at);
  else if (operation.at(0) == "sub")
    histogram.subtract(value, weight, at);
  else
    throw std::invalid_argument{"a histogram has no operation " + operation.at(0).dump()};
}

void check_histogram(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) {
    rows.row(row, [&](RowCheck& expect) {
      vpa::Histogram histogram = histogram_of(row);
      for (const Json& operation : row.value("ops", Json::array())) apply(operation, histogram);
      for (const Json& samples : row.value("merge", Json::array())) {
        vpa::Histogram other = histogram_of(row);
        for (const Json& sample : samples) other.add(sample.at(0), sample.at(1), at_seconds(sample.at(2)));
        histogram.merge(std::move(other));
      }
      for (const Json& pair : row.at("percentiles"))
        expect.near("percentile " + pair.at(0).dump(), pair.at(1), histogram.percentile(pair.at(0)), last_digits);
      for (const Json& pair : row.value("bucket_weights", Json::array()))
        expect.near("weight of " + pair.at(0).dump(), pair.at(1), histogram.weight_of(pair.at(0)), last_digits);
      if (row.contains("empty")) expect.equal("empty", row.at("empty"), histogram.empty());
    });
  }
}

void check_checkpoint(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) {
    rows.row(row, [&](RowCheck& expect) {
      vpa::Histogram histogram = histogram_of(row);
      for (const Json& sample : row.at("adds")) histogram.add(sample.at(0), sample.at(1), start_of_time);
      const vpa::Checkpoint saved = histogram.save();
      Json buckets = Json::object();
      for (const auto& [bucket, weight] : saved.buckets) buckets[std::to_string(bucket)] = weight;
      expect.equal("total_weight", row.at("total_weight"), saved.total_weight);
      expect.equal("buckets", row.at("buckets"), buckets);
    });
  }
}

void check_memory_peaks(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) {
    rows.row(row, [&](RowCheck& expect) {
      const vpa::OutOfMemoryRules shipped;
      vpa::MemoryPeaks peaks{to_duration(row.at("interval_s").get<double>()),
                             {row.value("oom_bump_ratio", shipped.bump_ratio),
                              row.value("oom_min_bump_bytes", shipped.least_bump), row.value("max_memory_bytes", shipped.most)}};
      Json told = Json::array();
      const auto tell = [&told](const char* operation) {
        return [&told, operation](std::int64_t bytes, SimTime at) {
          told.push_back({{"op", operation}, {"bytes", bytes}, {"at_s", to_seconds(at)}});
        };
      };
      const vpa::MemoryPeaks::Sink sink{tell("add"), tell("sub")};
      for (const Json& operation : row.at("ops")) {
        const SimTime at = at_seconds(operation.at("t_s"));
        const std::int64_t bytes = operation.at("bytes");
        const bool kept = operation.at("op") == "oom" ? peaks.out_of_memory(at, bytes, sink) : peaks.sample(at, bytes, sink);
        if (!kept) tell("discard")(bytes, at);
      }
      expect.equal("operations", row.at("expect"), told);
    });
  }
}

const bool offered = offer_table("vpa", "bucket_layout", check_bucket_layout) &&
                     offer_table("vpa", "histogram", check_histogram) && offer_table("vpa", "checkpoint", check_checkpoint) &&
                     offer_table("vpa", "memory_peaks", check_memory_peaks);

}  // namespace
}  // namespace headroom::conformance
