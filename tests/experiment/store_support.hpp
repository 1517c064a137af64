// Stores in a folder of the test's own, and a study to put into them.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "sim/experiment/result_store.hpp"
#include "tests/experiment/study_support.hpp"

namespace headroom::test {

// Removed with everything in it.
class OwnFolder {
 public:
  OwnFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "headroom-store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~OwnFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline StoredStudy two_variants(std::uint64_t replications) {
  StoredStudy study;
  study.name = "two";
  study.command = "headroom compare two.json";
  study.engine_version = "0.1.0";
  study.input_hash = "abc";
  study.seed = 7;
  study.replications = replications;
  study.reading = "{}";
  study.inputs = {{"two.json", "/somewhere/two.json", "00ff", std::string{"{\"name\": \"two\"}\0 and more", 25}},
                  {"huge.csv", "/data/huge.csv", "11ee", std::nullopt}};
  study.variants = {{"base", "{}", {{"/services/api/replicas", "3"}, {"/note", ""}}},
                    {"größer", "{\"a\":1}", {{"/services/api/replicas", "5"}}}};
  return study;
}

inline EndedRun ended(const RunRequest& request, const RunResult& result) {
  return {request, 0, {}, 0.25, &result, to_bytes(result)};
}

inline void put(ResultStore& store, const RunRequest& request) {
  const RunResult result = result_of(request);
  store.put(ended(request, result));
}

// Options of a study that keeps its runs in the store and takes from it what is there.
inline StudyOptions kept_in(ResultStore& store, unsigned workers) {
  StudyOptions options;
  options.workers = workers;
  options.recall = [&store](const RunRequest& request) { return store.result(request); };
  options.keep = [&store](const EndedRun& run) { store.put(run); };
  return options;
}

// What a call says in a StoreError; empty: it threw none.
template <class Call>
std::string store_error_of(Call call) {
  try {
    call();
  } catch (const StoreError& error) {
    return error.what();
  }
  return {};
}

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace headroom::test
