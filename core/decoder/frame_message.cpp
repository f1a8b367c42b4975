#include "core/decoder/frame_message.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr std::size_t kLargeCells = std::size_t(1) << 18;  // from 1.3 MB on through shared memory
constexpr std::size_t kBytesACell = sizeof(float) + sizeof(CellState);
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

enum class GridPlace : std::uint8_t { None, Inline, Shared };

/// A mapping that unmaps itself.
class Mapping {
public:
  Mapping(std::size_t size, int protection, int flags, int file)
      : size_(size), data_(mmap(nullptr, size, protection, flags, file, 0)) {}
  ~Mapping() {
    if (data_ != MAP_FAILED) munmap(data_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  bool works() const { return data_ != MAP_FAILED; }
  char* data() const { return static_cast<char*>(data_); }

private:
  std::size_t size_;
  void* data_;
};

void writeAll(int file, const void* data, std::size_t size) {
  for (const char* at = static_cast<const char*>(data); size > 0;) {
    const ssize_t done = write(file, at, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) throw std::bad_alloc();
    at += done;
    size -= std::size_t(done);
  }
}

FileHandle sharedCopy(const RadarGrid& grid) {
  const std::size_t size = grid.size() * kBytesACell;
  FileHandle memory(memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.id() < 0 || ftruncate(memory.id(), off_t(size)) != 0) throw std::bad_alloc();
  // Written, not mapped: the pages need not be cleared first, nor be found one by one.
  writeAll(memory.id(), grid.values().data(), grid.values().size_bytes());
  writeAll(memory.id(), grid.states().data(), grid.states().size_bytes());
  if (fcntl(memory.id(), F_ADD_SEALS, kSeals) != 0) throw std::bad_alloc();
  return memory;
}

void requireKnownStates(std::span<const CellState> states) {
  std::uint8_t most = 0;
  for (const CellState state : states) most = std::max(most, std::uint8_t(state));
  if (most > std::uint8_t(CellState::OutsideCoverage)) throw ForgedMessage();
}

RadarGrid inlineGrid(MessageReader& reader, int width, int height) {
  // Before memory is asked for: what is announced must be there.
  if (std::size_t(width) * std::size_t(height) * kBytesACell > reader.remaining())
    throw ForgedMessage();
  RadarGrid grid(width, height);
  std::memcpy(grid.values().data(), reader.raw(grid.values().size_bytes()),
              grid.values().size_bytes());
  std::memcpy(grid.states().data(), reader.raw(grid.states().size_bytes()),
              grid.states().size_bytes());
  return grid;
}

/// The decoder's own pages become the grid's cells; sealed, so that they stay what was looked at
/// here.
RadarGrid sharedGrid(int memory, int width, int height) {
  const std::size_t count = std::size_t(width) * std::size_t(height);
  struct stat found {};
  if (memory < 0 || fcntl(memory, F_GET_SEALS) != kSeals || fstat(memory, &found) != 0 ||
      std::size_t(found.st_size) != count * kBytesACell) {
    throw ForgedMessage();
  }
  const auto mapping = std::make_shared<Mapping>(count * kBytesACell, PROT_READ | PROT_WRITE,
                                                 MAP_PRIVATE | MAP_NORESERVE, memory);
  if (!mapping->works()) throw IoError("The memory of this machine is not enough for these files.");
  auto* const values = reinterpret_cast<float*>(mapping->data());
  auto* const states = reinterpret_cast<CellState*>(mapping->data() + count * sizeof(float));
  return RadarGrid(width, height, CellMemory(mapping, values, states, count));
}

void putSequence(MessageWriter& writer, const FrameSequence& sequence) {
  writer.put(sequence.quantity);
  writer.put(sequence.provenance);
  writer.put(sequence.synthetic);
  for (const std::string* text :
       {&sequence.product, &sequence.event, &sequence.attribution, &sequence.scaleNote}) {
    writer.put(std::string_view(*text));
  }
  writer.put(sequence.sumMinutes);
  const GeoReference& geo = sequence.geo;
  writer.put(std::string_view(geo.projection()));
  for (const double number : {geo.left(), geo.top(), geo.cellWidth(), geo.cellHeight()})
    writer.put(number);
  writer.put(geo.width());
  writer.put(geo.height());
}

FrameSequence takeSequence(MessageReader& reader) {
  const auto quantity = reader.take<Quantity>();
  const auto provenance = reader.take<Provenance>();
  if (quantity > Quantity::PrecipitationType || provenance > Provenance::Synthetic)
    throw ForgedMessage();
  const bool synthetic = reader.take<std::uint8_t>() != 0;
  const std::string product = reader.text(), event = reader.text(), attribution = reader.text(),
                    scaleNote = reader.text();
  const auto sumMinutes = reader.take<double>();
  const std::string projection = reader.text();
  const auto left = reader.take<double>(), top = reader.take<double>();
  const auto cellWidth = reader.take<double>(), cellHeight = reader.take<double>();
  const auto width = reader.take<int>(), height = reader.take<int>();
  FrameSequence sequence{
      .quantity = quantity,
      .geo = GeoReference(projection, left, top, cellWidth, cellHeight, width, height)};
  sequence.provenance = provenance;
  sequence.synthetic = synthetic;
  sequence.product = product;
  sequence.event = event;
  sequence.attribution = attribution;
  sequence.scaleNote = scaleNote;
  sequence.sumMinutes = std::isfinite(sumMinutes) ? sumMinutes : 0.0;
  return sequence;
}

void putPrint(MessageWriter& writer, const FramePrint& print) {
  writer.put(std::uint64_t(print.blocks.size()));
  writer.putRaw(print.blocks.data(), print.blocks.size() * sizeof(FramePrint::Block));
}

FramePrint takePrint(MessageReader& reader) {
  FramePrint print;
  const auto count = reader.take<std::uint64_t>();
  constexpr std::uint64_t kMostBlocks = std::uint64_t(1) << 22;
  if (count > kMostBlocks) throw ForgedMessage();
  const char* const data = reader.raw(count * sizeof(FramePrint::Block));
  print.blocks.resize(std::size_t(count));
  if (count > 0)
    std::memcpy(print.blocks.data(), data, std::size_t(count) * sizeof(FramePrint::Block));
  return print;
}

std::shared_ptr<const RadarGrid> takeGrid(MessageReader& reader, int memory) {
  const auto place = reader.take<GridPlace>();
  if (place == GridPlace::None) return nullptr;
  const auto width = reader.take<int>(), height = reader.take<int>();
  constexpr int kLongestSide = 1 << 15;
  if (width < 1 || height < 1 || width > kLongestSide || height > kLongestSide)
    throw ForgedMessage();
  auto grid = std::make_shared<const RadarGrid>(place == GridPlace::Inline
                                                    ? inlineGrid(reader, width, height)
                                                    : sharedGrid(memory, width, height));
  requireKnownStates(grid->states());
  return grid;
}

}  // namespace

std::string bytesFrom(const DecodingRequest& request) {
  MessageWriter writer;
  writer.put(std::string_view(request.path));
  writer.put(std::uint8_t(request.framesToo));
  writer.put(request.reduction);
  writer.put(std::uint8_t(request.checkOnly));
  writer.put(std::uint64_t(request.events.size()));
  for (const std::string& event : request.events) writer.put(std::string_view(event));
  return writer.bytes();
}

DecodingRequest requestFrom(const Message& message) {
  MessageReader reader(message.bytes);
  DecodingRequest request;
  request.path = reader.text();
  request.framesToo = reader.take<std::uint8_t>() != 0;
  request.reduction = reader.take<int>();
  request.checkOnly = reader.take<std::uint8_t>() != 0;
  for (auto count = reader.take<std::uint64_t>(); count > 0; --count)
    request.events.push_back(reader.text());
  return request;
}

bool sendFrame(int socket, const DecodedFrame& decoded) {
  const Frame& frame = decoded.sequence.frames.front();
  MessageWriter writer;
  writer.put(Answer::Frame);
  putSequence(writer, decoded.sequence);
  writer.put(frame.validTime);
  writer.put(std::string_view(frame.source));
  writer.put(decoded.reduction);
  putPrint(writer, decoded.print);
  if (!frame.grid) {
    writer.put(GridPlace::None);
    return sendMessage(socket, writer.bytes());
  }
  const RadarGrid& grid = *frame.grid;
  const bool large = grid.size() >= kLargeCells;
  writer.put(large ? GridPlace::Shared : GridPlace::Inline);
  writer.put(grid.width());
  writer.put(grid.height());
  if (large) return sendMessage(socket, writer.bytes(), sharedCopy(grid).id());
  writer.putRaw(grid.values().data(), grid.values().size_bytes());
  writer.putRaw(grid.states().data(), grid.states().size_bytes());
  return sendMessage(socket, writer.bytes());
}

bool sendAnswer(int socket, Answer kind, const std::string& sentence) {
  MessageWriter writer;
  writer.put(kind);
  writer.put(std::string_view(sentence));
  return sendMessage(socket, writer.bytes());
}

Answer kindOf(const Message& message) {
  const auto kind = MessageReader(message.bytes).take<Answer>();
  if (kind > Answer::OutOfMemory) throw ForgedMessage();
  return kind;
}

std::string sentenceOf(const Message& message) {
  MessageReader reader(message.bytes);
  reader.take<Answer>();
  std::string sentence = reader.text();
  constexpr std::size_t kLongestSentence = 4000;
  sentence.resize(std::min(sentence.size(), kLongestSentence));
  std::ranges::replace_if(
      sentence, [](unsigned char c) { return c < ' '; }, ' ');
  return sentence;
}

DecodedFrame frameFrom(const Message& message) {
  MessageReader reader(message.bytes);
  reader.take<Answer>();
  DecodedFrame decoded{.sequence = takeSequence(reader), .print = {}, .reduction = 1};
  Frame frame;
  frame.validTime = reader.take<ValidTime>();
  frame.source = reader.text();
  decoded.reduction = reader.take<int>();
  if (decoded.reduction < 1 || decoded.reduction > 1024) throw ForgedMessage();
  decoded.print = takePrint(reader);
  frame.grid = takeGrid(reader, message.memory.id());
  decoded.sequence.frames.push_back(std::move(frame));
  return decoded;
}

}  // namespace stormloom
