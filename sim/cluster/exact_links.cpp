// Transfers over links. One event per link: that of the task whose flow is through first, its leader.
#include <algorithm>
#include <limits>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_links(const Blueprint& blueprint, RandomStreams&, Recorder& recorder) {
  for (Index i = 0; i < blueprint.links.size(); ++i) {
    const LinkBlueprint& described = blueprint.links[i];
    std::vector<double> limits;
    for (TransferSite& site : program_.transfers) {
      if (site.link != i) continue;
      if (!(site.limit > 0.0)) site.limit = std::numeric_limits<double>::infinity();
      limits.push_back(site.limit);
    }
    std::sort(limits.begin(), limits.end());
    limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
    for (TransferSite& site : program_.transfers) {
      if (site.link == i)
        site.group = static_cast<Index>(std::lower_bound(limits.begin(), limits.end(), site.limit) - limits.begin());
    }
    Link& link = links_.emplace_back();
    link.per_region = described.per_region;
    link.price = described.price;
    link.lines.resize(described.per_region ? regions_ : 1);
    for (Link::Line& line : link.lines) line.flows = FairLink{described.bandwidth.value, limits};
    const std::vector<Label> labels{{"link", described.name}};
    link.utilization = &recorder.level_share("link_utilization", labels);
    link.utilization->whole.set(now_, described.bandwidth.value * static_cast<double>(link.lines.size()));
    link.flows = &recorder.gauge("flows", labels);
    link.bytes = &recorder.counter("bytes_sent", labels);
    link.time = &recorder.durations("transfer_time", labels);
    link.part = {described.name, CostKind::link_bytes, {"link", described.name}};
    if (link.price > 0.0) link.cost = &recorder.counter("cost", labels_of(link.part));
  }
}

Link::Line& ExactRequestPlane::line_of(const TransferSite& site, const Task& task) {
  Link& link = links_[site.link];
  return link.lines[link.per_region ? region_of(task) : 0];
}

// True if the task now waits until its bytes are through.
bool ExactRequestPlane::start_transfer(Index slot, const TransferSite& site) {
  Task& task = tasks_[slot];
  const double whole =
      site.key == no_index ? site.bytes.draw(task.draw_id) : static_cast<double>(size_of(site.key, key_of(site.key, task)).count);
  const double bytes = site.compression * whole;
  if (!(bytes > 0.0)) return false;
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.transfers(slot, site.link);
  task.state = TaskState::transferring;
  task.queued_at = now_;
  task.timer = 0;
  Link::Line& line = line_of(site, task);
  line.flows.start(now_, site.group, bytes, slot);
  links_[site.link].flowing.enter(now_);
  reschedule_link(line);
  return true;
}

// More flows only make the present ones later, so an event that is early enough may stay: when it comes up and nothing is
// through, the next one is scheduled.
void ExactRequestPlane::reschedule_link(Link::Line& line) {
  const FairLink::Next next = line.flows.next();
  if (next.at == end_of_time || (line.leader != no_index && line.due <= next.at)) return;
  if (line.leader != no_index) tasks_[line.leader].timer = 0;
  line.leader = next.task;
  line.due = next.at;
  tasks_[line.leader].timer = events_.schedule(line.due, transfer_due, line.leader);
}

void ExactRequestPlane::on_transfer(Index leader) {
  const TransferSite& site = program_.transfers[program_.code[tasks_[leader].pc - 1].a];
  Link::Line& line = line_of(site, tasks_[leader]);
  Link& link = links_[site.link];
  line.leader = no_index;
  std::uint32_t slot = 0;
  while (line.flows.take_finished(now_, slot)) {
    Task& task = tasks_[slot];
    link.flowing.leave(now_);
    link.time->record(now_ - task.queued_at);
    make_runnable(slot, task);
  }
  reschedule_link(line);
}

// Of a task that dies with its replica; what it has sent is sent.
void ExactRequestPlane::abandon_transfer(Index slot) {
  const TransferSite& site = program_.transfers[program_.code[tasks_[slot].pc - 1].a];
  Link::Line& line = line_of(site, tasks_[slot]);
  line.flows.remove(now_, site.group, slot);
  links_[site.link].flowing.leave(now_);
  if (line.leader == slot) line.leader = no_index;
  reschedule_link(line);
}

void ExactRequestPlane::show_link(Link& link) {
  double sent = 0.0, throughput = 0.0;
  for (const Link::Line& line : link.lines) {
    sent += line.flows.sent(now_);
    throughput += line.flows.throughput();
  }
  if (link.cost != nullptr) link.cost->add(link.price * (sent - link.bytes->total));
  link.bytes->total = sent;
  link.utilization->part.bring_to(now_, throughput, sent * 1e9, throughput);
  link.flowing.bring(*link.flows, now_);
}

}  // namespace headroom
