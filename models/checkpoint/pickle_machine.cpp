#include "models/checkpoint/pickle_machine.h"

#include <algorithm>
#include <unordered_map>

#include "models/checkpoint/byte_reader.h"
#include "models/checkpoint/pickle_globals.h"

namespace stormloom {
namespace {

// A checkpoint with optimizer states of 3000 tensors has about 100 000 values, nested a dozen deep.
constexpr std::size_t kMaxValues = 1 << 20;
constexpr std::size_t kMaxDepth = 200;
constexpr std::uint32_t kMaxMemoIndex = 1 << 20;

using Handle = std::uint32_t;
using Handles = std::vector<Handle>;

class PickleMachine {
public:
  PickleMachine(Bytes bytes, const std::string& source) : reader_(bytes, source), source_(source) {}

  PickleResult run() {
    for (;;) {
      const auto opcode = reader_.number<std::uint8_t>();
      if (opcode == '.') break;
      if (!pushPlain(opcode) && !build(opcode) && !remember(opcode) && !call(opcode)) {
        refuse("its pickle uses an instruction that PyTorch files do not have");
      }
    }
    if (stack_.size() != 1 || !marks_.empty()) refuse("its pickle does not end with one value");
    return {std::move(values_), stack_[0], reader_.position(), std::move(foreignStorages_)};
  }

private:
  [[noreturn]] void refuse(const std::string& why) const { refuseFile(source_, why); }

  // --- the stack
  // ---------------------------------------------------------------------------------------------

  Handle push(PickleValue value) {
    if (values_.size() >= kMaxValues) refuse("its pickle has more values than any checkpoint");
    values_.push_back(std::move(value));
    stack_.push_back(Handle(values_.size() - 1));
    return stack_.back();
  }

  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  Handle pop() {
    const Handle handle = top();
    stack_.pop_back();
    return handle;
  }

  Handle top() const {
    if (stack_.size() <= floor()) refuse("its pickle takes a value that is not there");
    return stack_.back();
  }

  Handles popToMark() {
    if (marks_.empty()) refuse("its pickle takes a value that is not there");
    Handles items(stack_.begin() + std::ptrdiff_t(marks_.back()), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return items;
  }

  PickleValue& at(Handle handle) { return values_[handle]; }

  // --- values without parts
  // ----------------------------------------------------------------------------------

  void pushKind(PickleKind kind) { push({.kind = kind}); }
  void pushInteger(std::int64_t number) { push({.kind = PickleKind::Integer, .integer = number}); }
  void pushBool(bool flag) { push({.kind = PickleKind::Bool, .integer = flag}); }

  void pushText(PickleKind kind, std::uint64_t length) {
    PickleValue value{.kind = kind};
    value.text = reader_.text(length);
    push(std::move(value));
  }

  /// Two's complement, little-endian; more than eight bytes stay raw.
  void pushLong(std::uint64_t length) {
    const std::string_view raw = reader_.text(length);
    if (length > sizeof(std::int64_t)) {
      push({.kind = PickleKind::LongInteger, .text = raw});
      return;
    }
    const bool negative = !raw.empty() && (static_cast<unsigned char>(raw.back()) & 0x80);
    std::int64_t number = negative ? -1 : 0;
    if (!raw.empty()) std::memcpy(&number, raw.data(), raw.size());
    pushInteger(number);
  }

  template <class Length>
  std::uint64_t length() {
    const auto read = reader_.number<Length>();
    if constexpr (std::is_signed_v<Length>) {
      if (read < 0) refuse("its pickle has a negative length");
    }
    return std::uint64_t(read);
  }

  bool pushPlain(std::uint8_t opcode) {
    switch (opcode) {
      case 'N':
        pushKind(PickleKind::None);
        return true;
      case 0x88:
        pushBool(true);
        return true;
      case 0x89:
        pushBool(false);
        return true;
      case 'J':
        pushInteger(reader_.number<std::int32_t>());
        return true;
      case 'K':
        pushInteger(reader_.number<std::uint8_t>());
        return true;
      case 'M':
        pushInteger(reader_.number<std::uint16_t>());
        return true;
      case 0x8a:
        pushLong(length<std::uint8_t>());
        return true;
      case 0x8b:
        pushLong(length<std::int32_t>());
        return true;
      case 'G':
        reader_.take(8);
        pushKind(PickleKind::Real);
        return true;
      case 'X':
        pushText(PickleKind::Text, length<std::uint32_t>());
        return true;
      case 0x8c:
        pushText(PickleKind::Text, length<std::uint8_t>());
        return true;
      case 0x8d:
        pushText(PickleKind::Text, length<std::uint64_t>());
        return true;
      case 'U':
        pushText(PickleKind::Bytes, length<std::uint8_t>());
        return true;
      case 'T':
        pushText(PickleKind::Bytes, length<std::int32_t>());
        return true;
      case 'C':
        pushText(PickleKind::Bytes, length<std::uint8_t>());
        return true;
      case 'B':
        pushText(PickleKind::Bytes, length<std::uint32_t>());
        return true;
      case 0x8e:
      case 0x96:
        pushText(PickleKind::Bytes, length<std::uint64_t>());
        return true;
      default:
        return false;
    }
  }

  // --- tuples, lists, dictionaries
  // ---------------------------------------------------------------------------

  Handle pushTuple(Handles items) {
    PickleValue value{.kind = PickleKind::Tuple};
    for (const Handle item : items)
      value.depth = std::max<std::uint16_t>(value.depth, at(item).depth + 1);
    if (value.depth > kMaxDepth) refuse("its pickle is nested too deep");
    value.items = std::move(items);
    return push(std::move(value));
  }

  void pushTupleOf(std::size_t count) {
    Handles items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    pushTuple(std::move(items));
  }

  /// Objects of unknown classes may be lists or dictionaries too; what goes into them is dropped.
  void extend(PickleKind wanted, const Handles& items) {
    if (wanted == PickleKind::Dict && items.size() % 2 != 0)
      refuse("its pickle has a key without a value");
    PickleValue& target = at(top());
    if (target.kind == PickleKind::Inert) return;
    if (target.kind != wanted) refuse("its pickle puts items where none belong");
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  void pushMark() {
    if (marks_.size() >= kMaxDepth) refuse("its pickle is nested too deep");
    marks_.push_back(stack_.size());
  }

  bool build(std::uint8_t opcode) {
    switch (opcode) {
      case '(':
        pushMark();
        return true;
      case ')':
        pushTuple({});
        return true;
      case 't':
        pushTuple(popToMark());
        return true;
      case 0x85:
        pushTupleOf(1);
        return true;
      case 0x86:
        pushTupleOf(2);
        return true;
      case 0x87:
        pushTupleOf(3);
        return true;
      case ']':
      case 0x8f:
        pushKind(PickleKind::List);
        return true;  // a list, a set
      case '}':
        pushKind(PickleKind::Dict);
        return true;
      case 'a':
        extend(PickleKind::List, {pop()});
        return true;
      case 'e':
      case 0x90:
        extend(PickleKind::List, popToMark());
        return true;
      case 0x91:
        pushTuple(popToMark());
        return true;  // frozen set
      case 's': {
        const Handle value = pop();
        const Handle key = pop();
        extend(PickleKind::Dict, {key, value});
        return true;
      }
      case 'u':
        extend(PickleKind::Dict, popToMark());
        return true;
      case '0':
        pop();
        return true;
      case '1':
        popToMark();
        return true;
      case '2':
        stack_.push_back(top());
        return true;
      default:
        return false;
    }
  }

  // --- memory and framing
  // ------------------------------------------------------------------------------------

  void store(std::uint32_t index) {
    if (index >= kMaxMemoIndex) refuse("its pickle remembers more than any checkpoint");
    memo_[index] = top();
  }

  void recall(std::uint32_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) refuse("its pickle recalls what it never stored");
    if (stack_.size() >= kMaxValues) refuse("its pickle has more values than any checkpoint");
    stack_.push_back(found->second);
  }

  bool remember(std::uint8_t opcode) {
    switch (opcode) {
      case 'q':
        store(reader_.number<std::uint8_t>());
        return true;
      case 'r':
        store(reader_.number<std::uint32_t>());
        return true;
      case 0x94:
        store(std::uint32_t(memo_.size()));
        return true;
      case 'h':
        recall(reader_.number<std::uint8_t>());
        return true;
      case 'j':
        recall(reader_.number<std::uint32_t>());
        return true;
      case 0x80:
        if (reader_.number<std::uint8_t>() > 5) refuse("its pickle is of an unknown protocol");
        return true;
      case 0x95:
        if (reader_.number<std::uint64_t>() > reader_.remaining()) refuse("its pickle is cut off");
        return true;
      default:
        return false;
    }
  }

  // --- what would be calls
  // -----------------------------------------------------------------------------------

  void pushGlobal() {
    const std::string_view module = reader_.line();
    const std::string_view name = reader_.line();
    const std::string_view written(module.data(), module.size() + 1 + name.size());
    push(globalNamed(module, name, written));
  }

  void pushStackGlobal() {
    const PickleValue& name = at(pop());
    const PickleValue& module = at(pop());
    if (name.kind != PickleKind::Text || module.kind != PickleKind::Text)
      refuse("its pickle names no class");
    push(globalNamed(module.text, name.text, name.text));
  }

  bool isTuple(Handle handle, std::size_t atLeast) {
    return at(handle).kind == PickleKind::Tuple && at(handle).items.size() >= atLeast;
  }

  PickleValue madeBy(const PickleValue& callee, Handle arguments) {
    const PickleValue inert{.kind = PickleKind::Inert, .text = callee.text};
    if (callee.kind != PickleKind::Global || at(arguments).kind != PickleKind::Tuple) return inert;
    const Handles& items = at(arguments).items;
    switch (callee.known) {
      case KnownGlobal::OrderedDict:
        return items.empty() ? PickleValue{.kind = PickleKind::Dict} : inert;
      case KnownGlobal::RebuildTensor:
        if (items.size() < 4 || at(items[0]).kind != PickleKind::Storage) return inert;
        return {.kind = PickleKind::Tensor, .items = {items[0], items[1], items[2], items[3]}};
      case KnownGlobal::RebuildParameter:
        if (items.empty() || at(items[0]).kind != PickleKind::Tensor) return inert;
        return at(items[0]);
      default:
        return inert;
    }
  }

  void reduce() {
    const Handle arguments = pop();
    const Handle callee = pop();
    push(madeBy(at(callee), arguments));
  }

  void pushWithKeywords() {
    pop();
    reduce();
  }

  /// State set on an object: `_metadata` of a state dictionary, attributes of unknown classes.
  /// Nothing of it counts.
  void dropState() {
    pop();
    const PickleKind kind = at(top()).kind;
    if (kind != PickleKind::Dict && kind != PickleKind::Inert && kind != PickleKind::Tensor) {
      refuse("its pickle sets a state where none belongs");
    }
  }

  /// ("storage", type, key, where it was, number of elements[, None])
  void pushStorage() {
    const Handle tuple = pop();
    PickleValue value{.kind = PickleKind::Inert};
    if (isTuple(tuple, 5)) {
      const Handles& items = at(tuple).items;
      const PickleValue& type = at(items[1]);
      const PickleValue& key = at(items[2]);
      const PickleValue& count = at(items[4]);
      const bool plain = items.size() == 5 || at(items[5]).kind == PickleKind::None;
      if (plain && type.known == KnownGlobal::StorageType && key.kind == PickleKind::Text &&
          count.kind == PickleKind::Integer) {
        value = {.kind = PickleKind::Storage,
                 .type = type.type,
                 .integer = count.integer,
                 .text = key.text};
      } else if (key.kind == PickleKind::Text) {
        foreignStorages_.push_back(key.text);
      }
    }
    push(std::move(value));
  }

  bool call(std::uint8_t opcode) {
    switch (opcode) {
      case 'c':
        pushGlobal();
        return true;
      case 0x93:
        pushStackGlobal();
        return true;
      case 'R':
      case 0x81:
        reduce();
        return true;
      case 0x92:
        pushWithKeywords();
        return true;
      case 'b':
        dropState();
        return true;
      case 'Q':
        pushStorage();
        return true;
      default:
        return false;
    }
  }

  ByteReader reader_;
  const std::string& source_;
  std::vector<PickleValue> values_;
  Handles stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, Handle> memo_;
  std::vector<std::string_view> foreignStorages_;
};

}  // namespace

PickleResult readPickle(Bytes bytes, const std::string& source) {
  return PickleMachine(bytes, source).run();
}

}  // namespace stormloom
