// The tables of cache policies: misses on a recorded trace by bytes and by objects, hits request by request on tiny traces, and
// the rules in words.
#include <cctype>
#include <fstream>
#include <map>
#include <regex>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "conformance/table.hpp"
#include "models/caches/cache_trace.hpp"
#include "models/caches/replayed_cache.hpp"
#include "sim/core/registry.hpp"

namespace headroom::conformance {
namespace {

namespace files = std::filesystem;

constexpr double tolerance_of_random = 0.02;  // of rows that depend on random numbers or on a variant

// ---- which policy ------------------------------------------------------------------------------------------------------------

// Letters and digits alone: "W-TinyLFU", "w-tiny-lfu" and "WTinyLFU" are one name.
std::string plain(const std::string& name) {
  std::string letters;
  for (const char letter : name) {
    const auto code = static_cast<unsigned char>(letter);
    if (std::isalnum(code) != 0) letters += static_cast<char>(std::tolower(code));
  }
  return letters;
}

// Sets options from what a row says; throws where the policy has no such option.
class SetOption final : public Visitor {
 public:
  SetOption(std::string name, std::string text) : name_{std::move(name)}, text_{std::move(text)} {}
  void visit(const FieldInfo& info, FieldValue value) override {
    if (info.name == name_) std::visit([this](auto target) { set(target); }, value);
  }
  static void in(PolicyChoice& choice, const std::string& name, const std::string& text) {
    SetOption setter{name, text};
    Fields fields{setter};
    choice.options->describe(fields);
    if (!setter.done_) throw std::invalid_argument{fmt::format("{} has no option {}", choice.name, name)};
  }

 private:
  void set(int* target) { *target = std::stoi(text_), done_ = true; }
  void set(Ratio* target) { target->value = std::stod(text_) / 100.0, done_ = true; }  // percent
  void set(std::string* target) { *target = text_, done_ = true; }
  void set(const auto&) {}
  std::string name_, text_;
  bool done_ = false;
};

// Names that others have for policies offered here, with the option that makes them so.
struct OtherName {
  std::string_view policy;
  std::string_view option{};
  std::string_view value{};
};
const std::map<std::string, OtherName, std::less<>>& other_names() {
  static const std::map<std::string, OtherName, std::less<>> names{
      {"twoq", {"2q"}},    {"fiforeinsertion", {"clock"}},       {"secondchance", {"clock"}}, {"opt", {"belady"}},
      {"min", {"belady"}}, {"crlfu", {"lfu", "ties", "newest"}},
  };
  return names;
}

PolicyChoice choice_for(const std::string& algorithm) {
  const std::string wanted = plain(algorithm);
  for (const Registry* registry : {static_cast<const Registry*>(&RegistryOf<CachePolicy>::instance()),
                                   static_cast<const Registry*>(&RegistryOf<OfflineCachePolicy>::instance())}) {
    for (const std::string& name : registry->names()) {
      if (plain(name) == wanted) return registry->choose(name);
    }
  }
  const auto other = other_names().find(wanted);
  if (other == other_names().end()) throw std::invalid_argument{fmt::format("no policy {} is offered", algorithm)};
  PolicyChoice choice = choice_for(std::string{other->second.policy});
  if (!other->second.option.empty()) SetOption::in(choice, std::string{other->second.option}, std::string{other->second.value});
  return choice;
}

// "5 equal segments"; "small queue 10 %, ghost 90 % of capacity, promotion at 2 hits"; "defaults".
void set_parameters(PolicyChoice& choice, const std::string& text) {
  if (text.ends_with("defaults")) return;
  static const std::vector<std::pair<std::regex, std::string>> forms{{std::regex{R"((\d+) equal segments)"}, "segments"},
                                                                     {std::regex{R"(small queue (\d+) %)"}, "small"},
                                                                     {std::regex{R"(ghost (\d+) %)"}, "ghost"},
                                                                     {std::regex{R"(promotion at (\d+) hit)"}, "move_to_main"}};
  bool understood = false;
  for (const auto& [form, option] : forms) {
    std::smatch found;
    if (!std::regex_search(text, found, form)) continue;
    SetOption::in(choice, option, found[1].str());
    understood = true;
  }
  if (!understood) throw std::invalid_argument{fmt::format("parameters \"{}\" cannot be read", text)};
}

PolicyChoice choice_of_row(const Json& row) {
  PolicyChoice choice = choice_for(row.at("algorithm").get<std::string>());
  set_parameters(choice, row.value("params", "defaults"));
  return choice;
}

// ---- the recorded trace ------------------------------------------------------------------------------------------------------

// The trace that a table names lies beside its folder or further up.
files::path find_trace(const files::path& folder, const std::string& name) {
  const files::path below = files::path{name}.lexically_relative("shared");
  for (files::path parent = files::weakly_canonical(folder); !parent.empty(); parent = parent.parent_path()) {
    for (const files::path& candidate : {parent / name, parent / below}) {
      if (files::is_regular_file(candidate)) return candidate;
    }
    if (parent == parent.root_path()) break;
  }
  throw std::runtime_error{fmt::format("trace not found: {} in no folder above {}", name, folder.string())};
}

std::vector<CacheRequest> read_trace(const files::path& file) {
  const auto trace = open_cache_trace(file.string(), CacheTraceFormat::oracle_general);
  std::vector<CacheRequest> requests;
  for (CacheRequest request; trace->next(request);) requests.push_back(request);
  return requests;
}

struct Misses {
  std::uint64_t count = 0;
  std::int64_t bytes = 0;
};
Misses replay(const std::vector<CacheRequest>& requests, const PolicyChoice& choice, std::int64_t capacity, bool unit_sizes,
              std::uint64_t random_key = 1) {
  ReplayedCache cache{choice, capacity, random_key};
  for (CacheRequest request : requests) {
    if (unit_sizes) request.bytes = 1;
    cache.request(request);
  }
  return {cache.misses(), cache.missed_bytes()};
}

// Rows that say neither are exact.
bool is_exact(const Json& row) { return row.value("exact", true) && row.value("deterministic", true); }

void expect_number(RowCheck& expect, const std::string& what, const Json& expected, std::int64_t got, bool exact) {
  if (exact)
    expect.equal(what, expected, got);
  else
    expect.near(what, expected.get<double>(), static_cast<double>(got), tolerance_of_random);
}

// CACHEUS draws its learning rate and every disputed victim: what a row says is one of many results (on this trace they differ by
// up to 4 %, in two clusters at some sizes). It holds if it lies among those of sixteen streams, or within 2 % of the outermost.
bool draws_much(const PolicyChoice& choice) { return choice.name == "cacheus"; }

void expect_among(RowCheck& expect, const std::string& what, const Json& expected, const std::vector<std::int64_t>& got) {
  const auto [least, most] = std::ranges::minmax(got);
  const double value = expected.get<double>();
  if (value < static_cast<double>(least) * (1.0 - tolerance_of_random) ||
      value > static_cast<double>(most) * (1.0 + tolerance_of_random))
    expect.fail(what, expected.dump(), fmt::format("{} to {}", least, most));
}

void check_drawn(RowCheck& expect, const std::string& where, const std::vector<Misses>& drawn, const Json& count,
                 const Json* bytes) {
  std::vector<std::int64_t> counts, missed_bytes;
  for (const Misses& misses : drawn) {
    counts.push_back(static_cast<std::int64_t>(misses.count));
    missed_bytes.push_back(misses.bytes);
  }
  expect_among(expect, "misses" + where, count, counts);
  if (bytes != nullptr) expect_among(expect, "missed bytes" + where, *bytes, missed_bytes);
}

// The trace of a table; a table of unit sizes names that of its neighbour.
std::string trace_name(const Json& table, const files::path& folder) {
  if (table.at("trace").is_object()) return table.at("trace").at("file").get<std::string>();
  std::ifstream neighbour{folder / "libcachesim_bytes.json"};
  if (!neighbour) throw std::runtime_error{"its trace is that of libcachesim_bytes.json, which is not beside it"};
  return Json::parse(neighbour).at("trace").at("file").get<std::string>();
}

void check_misses(const Json& table, TableCheck& check, const std::string& capacities, bool unit_sizes) {
  std::vector<CacheRequest> requests;
  std::string problem;
  try {
    requests = read_trace(find_trace(check.folder(), trace_name(table, check.folder())));
  } catch (const std::runtime_error& error) {
    problem = error.what();
  }
  for (const Json& row : table.at("rows")) {
    check.row(row.at("algorithm").get<std::string>(), [&](RowCheck& expect) {
      if (!problem.empty()) throw std::runtime_error{problem};
      const PolicyChoice choice = choice_of_row(row);
      const Json& sizes = table.at(capacities);
      for (std::size_t i = 0; i < sizes.size(); ++i) {
        const auto capacity = sizes.at(i).get<std::int64_t>();
        const std::string where = fmt::format(" at {}", capacity);
        if (draws_much(choice)) {
          std::vector<Misses> drawn;
          for (std::uint64_t key = 1; key <= 16; ++key) drawn.push_back(replay(requests, choice, capacity, unit_sizes, key));
          check_drawn(expect, where, drawn, row.at("miss_count").at(i),
                      row.contains("miss_bytes") ? &row.at("miss_bytes").at(i) : nullptr);
          continue;
        }
        const Misses misses = replay(requests, choice, capacity, unit_sizes);
        expect_number(expect, "misses" + where, row.at("miss_count").at(i), static_cast<std::int64_t>(misses.count),
                      is_exact(row));
        if (row.contains("miss_bytes"))
          expect_number(expect, "missed bytes" + where, row.at("miss_bytes").at(i), misses.bytes, is_exact(row));
      }
    });
  }
}

void check_bytes(const Json& table, TableCheck& check) { check_misses(table, check, "capacity_bytes", false); }
void check_unit(const Json& table, TableCheck& check) { check_misses(table, check, "capacity_objects", true); }

// ---- tiny traces -------------------------------------------------------------------------------------------------------------

// One letter a request, with what an offline policy must know.
std::vector<CacheRequest> requests_of(const std::string& letters) {
  std::vector<CacheRequest> requests(letters.size());
  std::unordered_map<char, std::int64_t> next;
  for (std::size_t i = letters.size(); i-- > 0;) {
    const auto found = next.find(letters[i]);
    requests[i] = {static_cast<unsigned char>(letters[i]), 1, found == next.end() ? OfflineCachePolicy::never : found->second};
    next[letters[i]] = static_cast<std::int64_t>(i);
  }
  return requests;
}

void check_tiny(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    const std::string name =
        fmt::format("{}, {}, {}", row.value("trace", ""), row.value("algorithm", ""), row.value("capacity", 0));
    check.row(name, [&](RowCheck& expect) {
      ReplayedCache cache{choice_of_row(row), row.at("capacity").get<std::int64_t>()};
      std::string result;
      for (const CacheRequest& request : requests_of(row.at("requests").get<std::string>()))
        result += cache.request(request) ? 'H' : 'M';
      expect.equal("result", row.at("result"), result);
    });
  }
}

// ---- rules in words ----------------------------------------------------------------------------------------------------------

// A sentence cannot be run: what the rows of the other tables show. Here, that each algorithm is offered.
void check_rules(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    const auto algorithm = row.at("algorithm").get<std::string>();
    check.row(algorithm, [&](RowCheck& expect) {
      if (algorithm == "common") return;  // what all share
      if (!choice_for(algorithm).chosen()) expect.fail("policy", algorithm, "none");
    });
  }
}

const bool offered_bytes = offer_table("cache", "libcachesim_bytes", check_bytes);
const bool offered_unit = offer_table("cache", "libcachesim_unit", check_unit);
const bool offered_tiny = offer_table("cache", "tiny_traces", check_tiny);
const bool offered_rules = offer_table("cache", "policy_rules", check_rules);

}  // namespace
}  // namespace headroom::conformance
