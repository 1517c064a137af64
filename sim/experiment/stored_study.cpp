#include "sim/experiment/stored_study.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include "sim/experiment/sqlite_database.hpp"

namespace headroom {
namespace {

constexpr std::array<const char*, 4> state_names{"running", "interrupted", "failed", "complete"};

StudyState state_of(const std::string& name) {
  for (std::size_t i = 0; i < state_names.size(); ++i) {
    if (name == state_names[i]) return static_cast<StudyState>(i);
  }
  return StudyState::running;
}

const char* name_of(StudyState state) { return state_names[static_cast<std::size_t>(state)]; }

void write_inputs(const SqliteDatabase& database, const StoredStudy& study) {
  SqliteStatement insert = database.prepare("INSERT INTO inputs(path, place, sha256, content) VALUES (?, ?, ?, ?)");
  for (const StoredInput& input : study.inputs) {
    insert.bind(1, input.path).bind(2, input.place).bind(3, input.sha256);
    if (input.content) {
      insert.bind(4, std::span{reinterpret_cast<const std::uint8_t*>(input.content->data()), input.content->size()});
    } else {
      insert.bind_null(4);
    }
    insert.run();
  }
}

void write_variants(const SqliteDatabase& database, const StoredStudy& study) {
  SqliteStatement variant = database.prepare("INSERT INTO variants(variant, name, scenario) VALUES (?, ?, ?)");
  SqliteStatement setting = database.prepare("INSERT INTO settings(variant, pointer, value) VALUES (?, ?, ?)");
  for (std::size_t v = 0; v < study.variants.size(); ++v) {
    variant.bind(1, std::uint64_t{v}).bind(2, study.variants[v].name).bind(3, study.variants[v].scenario).run();
    for (const auto& [pointer, value] : study.variants[v].settings) {
      setting.bind(1, std::uint64_t{v}).bind(2, pointer).bind(3, value).run();
    }
  }
}

void read_inputs(const SqliteDatabase& database, StoredStudy& study) {
  SqliteStatement row = database.prepare("SELECT path, place, sha256, content FROM inputs ORDER BY rowid");
  while (row.step()) {
    StoredInput input{row.text(0), row.text(1), row.text(2), std::nullopt};
    if (!row.is_null(3)) {
      const std::vector<std::uint8_t> content = row.bytes(3);
      input.content.emplace(content.begin(), content.end());
    }
    study.inputs.push_back(std::move(input));
  }
}

void read_variants(const SqliteDatabase& database, StoredStudy& study) {
  SqliteStatement variant = database.prepare("SELECT name, scenario FROM variants ORDER BY variant");
  while (variant.step()) study.variants.push_back({variant.text(0), variant.text(1), {}});
  SqliteStatement setting = database.prepare("SELECT variant, pointer, value FROM settings ORDER BY rowid");
  while (setting.step()) {
    const auto v = static_cast<std::size_t>(setting.integer(0));
    if (v < study.variants.size()) study.variants[v].settings.emplace_back(setting.text(1), setting.text(2));
  }
}

}  // namespace

void write_study(const SqliteDatabase& database, const StoredStudy& study) {
  SqliteStatement insert = database.prepare(
      "INSERT INTO studies(id, name, command, engine_version, result_version, input_hash, seed, replications, sequential, shard, "
      "shards, state, wall_seconds, reading) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, study.name).bind(2, study.command).bind(3, study.engine_version).bind(4, study.result_version);
  insert.bind(5, study.input_hash).bind(6, study.seed).bind(7, study.replications).bind(8, study.sequential ? 1 : 0);
  insert.bind(9, std::uint64_t{study.shard.index}).bind(10, std::uint64_t{study.shard.count}).bind(11, name_of(study.state));
  insert.bind(12, study.wall_seconds).bind(13, study.reading).run();
  write_inputs(database, study);
  write_variants(database, study);
}

StoredStudy read_study(const SqliteDatabase& database) {
  SqliteStatement row = database.prepare(
      "SELECT name, command, engine_version, result_version, input_hash, seed, replications, sequential, shard, shards, state, "
      "wall_seconds, reading FROM studies");
  if (!row.step())
    throw StoreError{"cannot read " + database.path() + ": there is no study in it; begin a new one without --resume"};
  StoredStudy study;
  study.name = row.text(0);
  study.command = row.text(1);
  study.engine_version = row.text(2);
  study.result_version = static_cast<int>(row.integer(3));
  study.input_hash = row.text(4);
  study.seed = static_cast<std::uint64_t>(row.integer(5));
  study.replications = static_cast<std::uint64_t>(row.integer(6));
  study.sequential = row.integer(7) != 0;
  study.shard = {static_cast<unsigned>(row.integer(8)), static_cast<unsigned>(row.integer(9))};
  study.state = state_of(row.text(10));
  study.wall_seconds = row.real(11);
  study.reading = row.text(12);
  read_inputs(database, study);
  read_variants(database, study);
  return study;
}

void update_progress(const SqliteDatabase& database, const StoredStudy& study) {
  SqliteStatement update = database.prepare("UPDATE studies SET replications = ?, state = ?, wall_seconds = ?");
  update.bind(1, study.replications).bind(2, name_of(study.state)).bind(3, study.wall_seconds).run();
}

void replace_study(const SqliteDatabase& database, const StoredStudy& study) {
  database.execute("DELETE FROM settings; DELETE FROM variants; DELETE FROM inputs; DELETE FROM studies");
  write_study(database, study);
}

std::vector<RunRequest> planned_runs(std::size_t variants, std::uint64_t replications) {
  std::vector<RunRequest> requests;
  for (std::uint64_t replication = 0; replication < replications; ++replication) {
    for (std::size_t variant = 0; variant < variants; ++variant) requests.push_back({variant, replication});
  }
  return requests;
}

std::vector<RunRequest> runs_of_shard(std::size_t variants, std::uint64_t replications, const Shard& shard) {
  const std::vector<RunRequest> all = planned_runs(variants, replications);
  // Dealt out in turn, the first part of each deal moving on by one when part and variant would meet again.
  const std::size_t deal = std::lcm(std::max<std::size_t>(1, variants), std::size_t{shard.count});
  std::vector<RunRequest> own;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((i + i / deal) % shard.count == shard.index - 1) own.push_back(all[i]);
  }
  return own;
}

}  // namespace headroom
