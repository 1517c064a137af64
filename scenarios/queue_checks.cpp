// Queues: somebody takes from them, and what is said of deliveries goes together.
#include <algorithm>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"

namespace headroom {

namespace {

class QueueChecker {
 public:
  QueueChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check() {
    for (const QueueSpec& queue : scenario_.queues) {
      check_consumed(queue);
      check_deliveries(queue);
      check_dead_letters(queue);
    }
  }

 private:
  // Dead letters may lie where nobody takes them.
  void check_consumed(const QueueSpec& queue) {
    const auto takes = [&](const ServiceSpec& service) { return service.consumes && service.consumes->queue.name == queue.name; };
    const auto buries = [&](const QueueSpec& other) { return other.dead_letters && other.dead_letters->name == queue.name; };
    if (queue.name.empty() || std::any_of(scenario_.services.begin(), scenario_.services.end(), takes)) return;
    if (std::any_of(scenario_.queues.begin(), scenario_.queues.end(), buries)) return;
    reading_.issue(&queue, "name", "no service takes from the queue \"" + queue.name + "\"",
                   "add \"consumes\": {\"queue\": \"" + queue.name + "\", \"endpoint\": …} to one");
  }

  void check_deliveries(const QueueSpec& queue) {
    const auto needs = [&](const char* field, const char* other, const char* why, const char* right) {
      if (reading_.is_given(&queue, field) && !reading_.is_given(&queue, other))
        reading_.issue(&queue, field, "has no meaning without \"" + std::string{other} + "\": " + why, right);
    };
    needs("deliveries", "visibility", "every message is delivered once",
          "write \"visibility\": \"30 s\", longer than the work takes");
    needs("dead_letters", "deliveries", "nothing is ever given up", "write \"deliveries\": 5");
    needs("on_full", "limit", "the queue is never full", "write \"limit\": 1000, or remove it");
  }

  // A letter that nobody finishes would go round for ever.
  void check_dead_letters(const QueueSpec& queue) {
    const QueueSpec* at = &queue;
    for (std::size_t step = 0; at != nullptr && at->dead_letters && step < scenario_.queues.size(); ++step) {
      at = find_named(scenario_.queues, at->dead_letters->name);
      if (at != &queue) continue;
      return reading_.issue(&queue, "dead_letters", "leads back to the queue \"" + queue.name + "\" itself",
                            "name a queue whose dead letters go elsewhere, or nowhere");
    }
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_queues(const Scenario& scenario, Reading& reading) { QueueChecker{scenario, reading}.check(); }

}  // namespace headroom
