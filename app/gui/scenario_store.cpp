#include "app/gui/scenario_store.h"

#include <algorithm>
#include <cmath>

#include "core/receipt.h"

namespace stormloom {
namespace {

std::size_t bytesOf(const ScenarioForecast& forecast) {
  std::size_t bytes = sizeof(ScenarioForecast);
  for (const ScenarioMember& member : forecast.members)
    for (const Frame& frame : member.frames.frames)
      bytes += frame.grid->size() * (sizeof(float) + 1);
  return bytes;
}

}  // namespace

int tenthsOf(double nSigma) { return int(std::lround(10.0 * nSigma)); }

std::vector<int> tenthsOf(const std::vector<double>& nSigmaByLead) {
  std::vector<int> tenths;
  for (const double n : nSigmaByLead) tenths.push_back(tenthsOf(n));
  return tenths;
}

void ScenarioStore::add(const ScenarioForecast& forecast) {
  std::map<int, std::vector<ScenarioMember>> apart;
  for (const ScenarioMember& member : forecast.members)
    apart[tenthsOf(member.nSigma)].push_back(member);
  ScenarioForecast head = forecast;
  head.members.clear();
  const ScenarioRequest& request = forecast.request;
  const std::string area = request.region ? regionHash(*request.region) : std::string();
  for (auto& [tenths, members] : apart) {
    const ScenarioKey key{request.context->hash,          request.seed, tenths, request.quality,
                          tenthsOf(request.nSigmaByLead), area};
    if (request.firstMember > 0) {  // it goes on with an ensemble that is here already
      const auto known = find(key);
      if (!known || int(known->members.size()) != request.firstMember) continue;
      members.insert(members.begin(), known->members.begin(), known->members.end());
    }
    auto one = std::make_shared<ScenarioForecast>(head);
    one->request.nSigma = {members.front().nSigma};
    one->request.firstMember = 0;
    one->request.members = int(members.size());
    one->members = std::move(members);
    put(key, std::move(one));
  }
  makeRoom();
}

void ScenarioStore::put(const ScenarioKey& key, std::shared_ptr<const ScenarioForecast> forecast) {
  Entry& entry = entries_[key];
  if (entry.forecast && entry.forecast->members.size() > forecast->members.size()) return;
  bytes_ -= entry.bytes;
  entry = {forecast, bytesOf(*forecast), ++clock_};
  bytes_ += entry.bytes;
}

void ScenarioStore::makeRoom() {
  while (bytes_ > mostBytes_ && entries_.size() > 1) {
    const auto oldest = std::min_element(
        entries_.begin(), entries_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    bytes_ -= oldest->second.bytes;
    entries_.erase(oldest);
  }
}

std::shared_ptr<const ScenarioForecast> ScenarioStore::find(const ScenarioKey& key,
                                                            int members) const {
  const auto found = entries_.find(key);
  if (found == entries_.end() || int(found->second.forecast->members.size()) < members)
    return nullptr;
  found->second.used = ++clock_;
  return found->second.forecast;
}

std::vector<std::shared_ptr<const ScenarioForecast>> ScenarioStore::all(ScenarioKey like) const {
  std::vector<std::shared_ptr<const ScenarioForecast>> found;
  like.curve.clear();
  for (like.tenths = -40; like.tenths <= 40; ++like.tenths)
    if (const auto one = find(like)) found.push_back(one);
  return found;
}

}  // namespace stormloom
