// The processor's kernels, once for each set of instructions (CMakeLists.txt).
#include <algorithm>
#include <cmath>

#include "models/kernels/lanes.h"
#include "models/kernels/processor_kernels.h"

namespace stormloom::STORMLOOM_INSTRUCTIONS {
namespace {

using std::int64_t;

constexpr int kRowsAtOnce = 4;    // queries whose sums stay in registers
constexpr int kGroupsAtOnce = 4;  // groups of sixteen sums beside each other

STORMLOOM_INLINE int64_t padded(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

/// out[r][0..16*GROUPS) = sum over `depth` of left[r][i] * right[i * rightRow + ...].
template <int ROWS, int GROUPS>
STORMLOOM_INLINE void multiplyTile(const float* const* left, const float* right, int64_t rightRow,
                                   int64_t depth, float* out, int64_t outRow) {
  Lanes sums[ROWS][GROUPS] = {};
  for (int64_t i = 0; i < depth; ++i) {
    Lanes factor[GROUPS];
    for (int g = 0; g < GROUPS; ++g) factor[g] = load(right + i * rightRow + g * kLanes);
    for (int r = 0; r < ROWS; ++r)
      for (int g = 0; g < GROUPS; ++g) sums[r][g] += left[r][i] * factor[g];
  }
  for (int r = 0; r < ROWS; ++r)
    for (int g = 0; g < GROUPS; ++g) store(out + r * outRow + g * kLanes, sums[r][g]);
}

template <int ROWS>
STORMLOOM_INLINE void multiplyRows(const float* const* left, const float* right, int64_t columns,
                                   int64_t depth, float* out, int64_t outRow) {
  int64_t at = 0;
  for (; at + kGroupsAtOnce * kLanes <= columns; at += kGroupsAtOnce * kLanes)
    multiplyTile<ROWS, kGroupsAtOnce>(left, right + at, columns, depth, out + at, outRow);
  for (; at + 2 * kLanes <= columns; at += 2 * kLanes)
    multiplyTile<ROWS, 2>(left, right + at, columns, depth, out + at, outRow);
  if (at < columns) multiplyTile<ROWS, 1>(left, right + at, columns, depth, out + at, outRow);
}

/// Up to four rows times a matrix of `columns`, a multiple of sixteen, contiguous.
void multiply(const float* const* left, int rows, const float* right, int64_t columns,
              int64_t depth, float* out, int64_t outRow) {
  switch (rows) {
    case 1:
      return multiplyRows<1>(left, right, columns, depth, out, outRow);
    case 2:
      return multiplyRows<2>(left, right, columns, depth, out, outRow);
    case 3:
      return multiplyRows<3>(left, right, columns, depth, out, outRow);
    default:
      return multiplyRows<4>(left, right, columns, depth, out, outRow);
  }
}

/// Scores become weights that add up to 1, or to nothing where every key is closed. Columns from
/// `count` on are no keys.
void softmax(float* scores, int64_t count, int64_t columns) {
  for (int64_t i = count; i < columns; ++i) scores[i] = -INFINITY;
  Lanes top = all(-INFINITY);
  for (int64_t i = 0; i < columns; i += kLanes) top = larger(top, load(scores + i));
  const float largest = largestOf(top);
  if (largest == -INFINITY) return std::fill(scores, scores + columns, 0.0f);
  Lanes sum = {};
  for (int64_t i = 0; i < columns; i += kLanes) {
    const Lanes weight = exponential(load(scores + i) - largest);
    sum += weight;
    store(scores + i, weight);
  }
  const float share = 1.0f / sumOf(sum);
  for (int64_t i = 0; i < columns; i += kLanes) store(scores + i, load(scores + i) * share);
}

/// One thread's room for one head of one cuboid.
struct Room {
  float* keysAcross;     // (width, keys) with the keys padded to lanes
  float* globalsAcross;  // (width, globals), likewise
  float* values;         // (keys + globals, width padded)
  float* scores;         // (4, keys + globals, each padded)
  float* mixed;          // (4, width padded)
};

int64_t keyColumns(const ProcessorAttention& a) { return padded(a.keys); }
int64_t globalColumns(const ProcessorAttention& a) { return padded(a.globals); }
/// Keys and globals stand one after the other without a gap once they are scores.
int64_t scoreColumns(const ProcessorAttention& a) {
  return padded(a.keys + a.globals) + kLanes * 2;
}

Room roomIn(const ProcessorAttention& a, float* scratch) {
  Room room;
  room.keysAcross = scratch;
  room.globalsAcross = room.keysAcross + a.width * keyColumns(a);
  room.values = room.globalsAcross + a.width * globalColumns(a);
  room.scores = room.values + (a.keys + a.globals) * padded(a.width);
  room.mixed = room.scores + kRowsAtOnce * scoreColumns(a);
  return room;
}

int64_t scratchOf(const ProcessorAttention& a) {
  return a.width * (keyColumns(a) + globalColumns(a)) + (a.keys + a.globals) * padded(a.width) +
         kRowsAtOnce * (scoreColumns(a) + padded(a.width));
}

/// What is known of one cuboid and head.
class HeadOfCuboid {
public:
  HeadOfCuboid(const ProcessorAttention& given, int64_t item, int64_t cuboid, int64_t head,
               const Room& room)
      : a_(given), item_(item), cuboid_(cuboid), head_(head), room_(room) {}

  void gather() const {
    for (int64_t key = 0; key < a_.keys; ++key) {
      const std::int32_t token = a_.keyTokens[cuboid_ * a_.keys + key];
      place(token < 0 ? paddingOf(a_.kPadding) : rowOf(a_.k, token), room_.keysAcross,
            keyColumns(a_), key);
      keep(token < 0 ? paddingOf(a_.vPadding) : rowOf(a_.v, token), key);
    }
    for (int64_t global = 0; global < a_.globals; ++global) {
      place(rowOf(a_.globalK, global), room_.globalsAcross, globalColumns(a_), global);
      keep(rowOf(a_.globalV, global), a_.keys + global);
    }
  }

  void attend() const {
    for (int64_t first = 0; first < a_.queries; first += kRowsAtOnce) {
      const int rows = int(std::min<int64_t>(kRowsAtOnce, a_.queries - first));
      const float* weights[kRowsAtOnce];
      score(first, rows);
      for (int r = 0; r < rows; ++r) {
        float* scores = room_.scores + r * scoreColumns(a_);
        close(first + r, scores);
        softmax(scores, a_.keys + a_.globals, padded(a_.keys + a_.globals));
        weights[r] = scores;
      }
      const int64_t width = padded(a_.width);
      multiply(weights, rows, room_.values, width, a_.keys + a_.globals, room_.mixed, width);
      for (int r = 0; r < rows; ++r) write(first + r, room_.mixed + r * width);
    }
  }

private:
  const float* rowOf(const ProcessorRows& rows, int64_t token) const {
    return rows.base + item_ * rows.batch + token * rows.row + head_ * a_.width;
  }
  const float* paddingOf(const float* padding) const {
    return padding ? padding + head_ * a_.width : nullptr;
  }
  std::int32_t tokenOf(int64_t query) const { return a_.queryTokens[cuboid_ * a_.queries + query]; }

  /// A key becomes a column.
  void place(const float* row, float* across, int64_t columns, int64_t key) const {
    for (int64_t i = 0; i < a_.width; ++i) across[i * columns + key] = row ? row[i] : 0.0f;
  }
  void keep(const float* row, int64_t key) const {
    float* kept = room_.values + key * padded(a_.width);
    if (row)
      std::copy_n(row, a_.width, kept);
    else
      std::fill_n(kept, a_.width, 0.0f);
  }

  void score(int64_t first, int rows) const {
    const float* asking[kRowsAtOnce];
    const float* askingGlobals[kRowsAtOnce];
    for (int r = 0; r < rows; ++r) {
      const int64_t token = std::max(tokenOf(first + r), 0);  // no token: computed, not written
      asking[r] = rowOf(a_.q, token);
      askingGlobals[r] = a_.globalQ.base ? rowOf(a_.globalQ, token) : asking[r];
    }
    multiply(asking, rows, room_.keysAcross, keyColumns(a_), a_.width, room_.scores,
             scoreColumns(a_));
    if (a_.globals > 0)  // over what the keys' last group left behind them
      multiply(askingGlobals, rows, room_.globalsAcross, globalColumns(a_), a_.width,
               room_.scores + a_.keys, scoreColumns(a_));
  }

  /// Scaled, with the bias; what may not be attended becomes -infinity.
  void close(int64_t query, float* scores) const {
    const float* bias = a_.bias ? a_.bias + (head_ * a_.queries + query) * a_.keys : nullptr;
    for (int64_t i = 0; i < a_.keys; ++i)
      scores[i] = scores[i] * a_.scale + (bias ? bias[i] : 0.0f);
    for (int64_t i = a_.keys; i < a_.keys + a_.globals; ++i) scores[i] *= a_.scale;
    if (!a_.mask) return;
    const std::uint8_t* open = a_.mask + (cuboid_ * a_.queries + query) * a_.keys;
    for (int64_t i = 0; i < a_.keys; ++i)
      if (!open[i]) scores[i] = -INFINITY;
  }

  void write(int64_t query, const float* mixed) const {
    const std::int32_t token = tokenOf(query);
    if (token < 0) return;
    std::copy_n(mixed, a_.width,
                a_.out + item_ * a_.outBatch + token * a_.outRow + head_ * a_.width);
  }

  const ProcessorAttention& a_;
  int64_t item_, cuboid_, head_;
  const Room& room_;
};

void attendCuboids(const ProcessorAttention& given, int64_t first, int64_t last, float* scratch) {
  std::fill_n(scratch, scratchOf(given), 0.0f);  // what is padded stays nothing
  const Room room = roomIn(given, scratch);
  for (int64_t one = first; one < last; ++one)
    for (int64_t head = 0; head < given.heads; ++head) {
      const HeadOfCuboid here(given, one / given.cuboids, one % given.cuboids, head, room);
      here.gather();
      here.attend();
    }
}

/// The pending sum of one row, written where it is wanted. Returns the sum of its values.
STORMLOOM_INLINE float settleRow(const ProcessorResidual& given, int64_t row, float* sum) {
  const int64_t channels = given.channels, at = row * channels;
  const auto piece = [&](int64_t c, const auto& read, const auto& write) {
    Lanes x = read(given.x + at + c);
    if (given.update) x += read(given.update + at + c);
    if (given.updateBias) x += read(given.updateBias + c);
    write(sum + c, x);
    return x;
  };
  Lanes total = {};
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes)
    total += piece(
        c, [](const float* p) { return load(p); }, [](float* p, Lanes x) { store(p, x); });
  const int rest = int(channels - c);
  if (rest > 0)
    total += piece(
        c, [rest](const float* p) { return loadSome(p, rest); },
        [rest](float* p, Lanes x) { storeSome(p, x, rest); });
  return sumOf(total);
}

STORMLOOM_INLINE void normRow(const ProcessorResidual& given, const float* x, float mean,
                              float* y) {
  const int64_t channels = given.channels;
  Lanes squares = {};
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes)
    squares += (load(x + c) - mean) * (load(x + c) - mean);
  float variance = sumOf(squares);
  for (; c < channels; ++c) variance += (x[c] - mean) * (x[c] - mean);
  const float inverse = 1.0f / std::sqrt(variance / float(channels) + given.eps);
  for (c = 0; c + kLanes <= channels; c += kLanes)
    store(y + c, (load(x + c) - mean) * inverse * load(given.gamma + c) + load(given.beta + c));
  for (; c < channels; ++c) y[c] = (x[c] - mean) * inverse * given.gamma[c] + given.beta[c];
}

void addAndNorm(const ProcessorResidual& given, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; ++row) {
    const int64_t at = row * given.channels;
    // A sum that nobody wants is made where the norm will stand.
    float* sum = given.sum ? given.sum + at : given.normed + at;
    const float mean = settleRow(given, row, sum) / float(given.channels);
    if (given.normed) normRow(given, sum, mean, given.normed + at);
  }
}

void channelMoments(const ProcessorGroupNorm& given, int64_t first, int64_t last, float* mean,
                    float* squares) {
  const int64_t channels = given.channels;
  const float share = 1.0f / float(last - first);
  const auto column = [&](int64_t c, const auto& read, const auto& write) {
    Lanes total = {}, distance = {};
    for (int64_t row = first; row < last; ++row) total += read(given.x + row * channels + c);
    const Lanes middle = total * share;
    for (int64_t row = first; row < last; ++row) {
      const Lanes off = read(given.x + row * channels + c) - middle;
      distance += off * off;
    }
    write(mean + c, given.shift ? middle + read(given.shift + c) : middle);
    write(squares + c, distance);
  };
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes)
    column(
        c, [](const float* p) { return load(p); }, [](float* p, Lanes x) { store(p, x); });
  const int rest = int(channels - c);
  if (rest > 0)
    column(
        c, [rest](const float* p) { return loadSome(p, rest); },
        [rest](float* p, Lanes x) { storeSome(p, x, rest); });
}

template <ProcessorActivation ACTIVATION>
STORMLOOM_INLINE Lanes activated(Lanes x) {
  constexpr float kLeakySlope = 0.1f;
  if (ACTIVATION == ProcessorActivation::Silu) return x * sigmoid(x);
  return ACTIVATION == ProcessorActivation::Leaky ? larger(x, x * kLeakySlope) : x;
}

template <ProcessorActivation ACTIVATION>
void scaleRowsWith(const ProcessorGroupNorm& given, const float* factor, const float* term,
                   int64_t first, int64_t last) {
  const int64_t channels = given.channels;
  for (int64_t row = first; row < last; ++row) {
    const float* x = given.x + row * channels;
    float* y = given.y + row * channels;
    int64_t c = 0;
    for (; c + kLanes <= channels; c += kLanes)
      store(y + c, activated<ACTIVATION>(load(x + c) * load(factor + c) + load(term + c)));
    const int rest = int(channels - c);
    if (rest > 0)
      storeSome(y + c,
                activated<ACTIVATION>(loadSome(x + c, rest) * loadSome(factor + c, rest) +
                                      loadSome(term + c, rest)),
                rest);
  }
}

void scaleRows(const ProcessorGroupNorm& given, const float* factor, const float* term,
               ProcessorActivation activation, int64_t first, int64_t last) {
  switch (activation) {
    case ProcessorActivation::None:
      return scaleRowsWith<ProcessorActivation::None>(given, factor, term, first, last);
    case ProcessorActivation::Silu:
      return scaleRowsWith<ProcessorActivation::Silu>(given, factor, term, first, last);
    case ProcessorActivation::Leaky:
      return scaleRowsWith<ProcessorActivation::Leaky>(given, factor, term, first, last);
  }
}

template <ProcessorActivation ACTIVATION>
STORMLOOM_INLINE Lanes slopeOfActivation(Lanes x) {
  constexpr float kLeakySlope = 0.1f;
  if (ACTIVATION == ProcessorActivation::Silu) {
    const Lanes share = sigmoid(x);
    return share * (1.0f + x * (1.0f - share));
  }
  const bool isLeaky = ACTIVATION == ProcessorActivation::Leaky;
  return x >= 0.0f ? all(1.0f) : all(isLeaky ? kLeakySlope : 1.0f);
}

/// Sixteen channels, or fewer, of a norm's gradient.
template <ProcessorActivation ACTIVATION>
class GradientColumn {
public:
  GradientColumn(const ProcessorNormGradient& given, int64_t c)
      : g_(given), c_(c), count_(int(given.channels - c < kLanes ? given.channels - c : kLanes)) {
    factor_ = read(given.factor + c), term_ = read(given.term + c);
    spread_ = read(given.spread + c), centre_ = read(given.centre + c);
  }
  __attribute__((always_inline)) Lanes read(const float* from) const {
    return count_ == kLanes ? load(from) : loadSome(from, count_);
  }
  __attribute__((always_inline)) void write(float* to, Lanes x) const {
    count_ == kLanes ? store(to, x) : storeSome(to, x, count_);
  }
  /// Through the activation, times `factor`; and what was normed.
  __attribute__((always_inline)) void at(int64_t row, Lanes& back, Lanes& normed) const {
    const Lanes x = read(g_.x + row * g_.channels + c_);
    back = read(g_.ofResult + row * g_.channels + c_) * factor_ *
           slopeOfActivation<ACTIVATION>(x * factor_ + term_);
    normed = x * spread_ + centre_;
  }

private:
  const ProcessorNormGradient& g_;
  int64_t c_;
  int count_;
  Lanes factor_, term_, spread_, centre_;
};

template <ProcessorActivation ACTIVATION>
void normGradientSumsWith(const ProcessorNormGradient& given, int64_t first, int64_t last,
                          float* sums, float* normedSums) {
  for (int64_t c = 0; c < given.channels; c += kLanes) {
    const GradientColumn<ACTIVATION> column(given, c);
    Lanes sum = {}, normedSum = {}, back, normed;
    for (int64_t row = first; row < last; ++row) {
      column.at(row, back, normed);
      sum += back;
      normedSum += back * normed;
    }
    column.write(sums + c, sum);
    column.write(normedSums + c, normedSum);
  }
}

template <ProcessorActivation ACTIVATION>
void normGradientRowsWith(const ProcessorNormGradient& given, const float* means,
                          const float* normedMeans, int64_t first, int64_t last) {
  for (int64_t c = 0; c < given.channels; c += kLanes) {
    const GradientColumn<ACTIVATION> column(given, c);
    const Lanes mean = column.read(means + c), normedMean = column.read(normedMeans + c);
    Lanes back, normed;
    for (int64_t row = first; row < last; ++row) {
      column.at(row, back, normed);
      column.write(given.gradient + row * given.channels + c, back - mean - normed * normedMean);
    }
  }
}

void normGradientSums(const ProcessorNormGradient& given, ProcessorActivation activation,
                      int64_t first, int64_t last, float* sums, float* normedSums) {
  switch (activation) {
    case ProcessorActivation::None:
      return normGradientSumsWith<ProcessorActivation::None>(given, first, last, sums, normedSums);
    case ProcessorActivation::Silu:
      return normGradientSumsWith<ProcessorActivation::Silu>(given, first, last, sums, normedSums);
    case ProcessorActivation::Leaky:
      return normGradientSumsWith<ProcessorActivation::Leaky>(given, first, last, sums, normedSums);
  }
}

void normGradientRows(const ProcessorNormGradient& given, ProcessorActivation activation,
                      const float* means, const float* normedMeans, int64_t first, int64_t last) {
  switch (activation) {
    case ProcessorActivation::None:
      return normGradientRowsWith<ProcessorActivation::None>(given, means, normedMeans, first, last);
    case ProcessorActivation::Silu:
      return normGradientRowsWith<ProcessorActivation::Silu>(given, means, normedMeans, first, last);
    case ProcessorActivation::Leaky:
      return normGradientRowsWith<ProcessorActivation::Leaky>(given, means, normedMeans, first,
                                                              last);
  }
}

STORMLOOM_INLINE Lanes gelu(Lanes x) {
  constexpr float kRootOfHalf = 0.70710678f;
  return 0.5f * x * (1.0f + errorFunction(x * kRootOfHalf));
}

void addBiasAndGelu(float* rows, const float* bias, int64_t channels, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; ++row) {
    float* x = rows + row * channels;
    int64_t c = 0;
    for (; c + kLanes <= channels; c += kLanes) store(x + c, gelu(load(x + c) + load(bias + c)));
    const int rest = int(channels - c);
    if (rest > 0) storeSome(x + c, gelu(loadSome(x + c, rest) + loadSome(bias + c, rest)), rest);
  }
}

/// One tile of 4 x 4 (x 4 along time) tokens and the 2 x 2 (x 2) results in its middle.
template <int DEPTH>
class Tile {
public:
  static constexpr int kCells = DEPTH * 16, kResults = DEPTH == 1 ? 4 : 8;

  Tile(const ProcessorWinograd& given, int64_t tile) : g_(given) {
    const int64_t across = (g_.sides[2] + 1) / 2, down = (g_.sides[1] + 1) / 2;
    const int64_t deep = DEPTH == 1 ? g_.sides[0] : (g_.sides[0] + 1) / 2;
    at_[2] = tile % across * 2;
    at_[1] = tile / across % down * 2;
    at_[0] = tile / (across * down) % deep * (DEPTH == 1 ? 1 : 2);
    item_ = tile / (across * down * deep);
  }

  /// Where a token lies, `channels` numbers each; null outside.
  template <class Number>
  Number* token(Number* base, int64_t channels, int64_t t, int64_t h, int64_t w) const {
    const int64_t place[3] = {at_[0] + t, at_[1] + h, at_[2] + w};
    for (int axis = 0; axis < 3; ++axis)
      if (place[axis] < 0 || place[axis] >= g_.sides[axis]) return nullptr;
    const int64_t index =
        ((item_ * g_.sides[0] + place[0]) * g_.sides[1] + place[1]) * g_.sides[2] + place[2];
    return base + index * channels;
  }

private:
  const ProcessorWinograd& g_;
  int64_t at_[3];  // the first result
  int64_t item_;
};

/// Four values in steps of `step`: what multiplies the spread weights.
STORMLOOM_INLINE void spreadLine(Lanes* v, int step) {
  const Lanes a = v[0], b = v[step], c = v[2 * step], d = v[3 * step];
  v[0] = a - c;
  v[step] = b + c;
  v[2 * step] = c - b;
  v[3 * step] = b - d;
}
/// The two results of four products, left in the first two places.
STORMLOOM_INLINE void gatherLine(Lanes* v, int step) {
  const Lanes a = v[0], b = v[step], c = v[2 * step], d = v[3 * step];
  v[0] = a + b + c;
  v[step] = b - c - d;
}

template <int DEPTH>
void spreadTilesOf(const ProcessorWinograd& g, int64_t first, int64_t last) {
  constexpr int kCells = Tile<DEPTH>::kCells;
  constexpr int64_t kBefore = DEPTH == 1 ? 0 : -1;
  for (int64_t one = first; one < last; ++one) {
    const Tile<DEPTH> tile(g, g.firstTile + one);
    const float* cell[kCells];
    for (int k = 0; k < kCells; ++k)
      cell[k] = tile.token(g.x, g.channelsIn, k / 16 + kBefore, k / 4 % 4 - 1, k % 4 - 1);
    for (int64_t c = 0; c < g.channelsIn; c += kLanes) {
      Lanes v[kCells];
      for (int k = 0; k < kCells; ++k) v[k] = cell[k] ? load(cell[k] + c) : Lanes{};
      for (int k = 0; k < kCells; k += 4) spreadLine(v + k, 1);
      for (int k = 0; k < kCells / 4; ++k) spreadLine(v + k / 4 * 16 + k % 4, 4);
      if (DEPTH > 1)
        for (int k = 0; k < 16; ++k) spreadLine(v + k, 16);
      for (int k = 0; k < kCells; ++k)
        store(g.spread + (k * g.tiles + one) * g.channelsIn + c, v[k]);
    }
  }
}

template <int DEPTH>
void gatherTilesOf(const ProcessorWinograd& g, int64_t first, int64_t last) {
  constexpr int kCells = Tile<DEPTH>::kCells;
  for (int64_t one = first; one < last; ++one) {
    const Tile<DEPTH> tile(g, g.firstTile + one);
    float* result[Tile<DEPTH>::kResults];
    for (int k = 0; k < Tile<DEPTH>::kResults; ++k)
      result[k] = tile.token(g.y, g.channelsOut, k / 4, k / 2 % 2, k % 2);
    for (int64_t c = 0; c < g.channelsOut; c += kLanes) {
      Lanes v[kCells];
      for (int k = 0; k < kCells; ++k)
        v[k] = load(g.products + (k * g.tiles + one) * g.channelsOut + c);
      if (DEPTH > 1)
        for (int k = 0; k < 16; ++k) gatherLine(v + k, 16);
      for (int t = 0; t < (DEPTH == 1 ? 1 : 2); ++t) {
        for (int k = 0; k < 4; ++k) gatherLine(v + t * 16 + k, 4);
        for (int k = 0; k < 2; ++k) gatherLine(v + t * 16 + k * 4, 1);
      }
      const Lanes bias = g.bias ? load(g.bias + c) : Lanes{};
      for (int k = 0; k < Tile<DEPTH>::kResults; ++k)
        if (result[k]) store(result[k] + c, v[k / 4 * 16 + k / 2 % 2 * 4 + k % 2] + bias);
    }
  }
}

void spreadTiles(const ProcessorWinograd& given, int64_t first, int64_t last) {
  given.alongTime ? spreadTilesOf<4>(given, first, last) : spreadTilesOf<1>(given, first, last);
}
void gatherTiles(const ProcessorWinograd& given, int64_t first, int64_t last) {
  given.alongTime ? gatherTilesOf<4>(given, first, last) : gatherTilesOf<1>(given, first, last);
}

}  // namespace

extern const ProcessorKernels kernels;
const ProcessorKernels kernels = {STORMLOOM_INSTRUCTIONS_NAME,
                                  attendCuboids,
                                  scratchOf,
                                  addAndNorm,
                                  channelMoments,
                                  scaleRows,
                                  normGradientSums,
                                  normGradientRows,
                                  addBiasAndGelu,
                                  spreadTiles,
                                  gatherTiles};

}  // namespace stormloom::STORMLOOM_INSTRUCTIONS
