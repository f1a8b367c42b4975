#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/geo_reference.h"
#include "core/json.h"

namespace stormloom {

struct DeterministicForecast;
struct ScenarioForecast;

/// A file that went into a result.
struct ReceiptInput {
  std::string path;  ///< absolute
  std::string sha256;
  Json origin;  ///< the receipt that this file carries itself, or null
  std::string option = {};  ///< that names the file; empty: an input of the command itself
};

/// A file that an option names, such as a logo; hashed here.
ReceiptInput optionInput(const std::string& option, const std::string& path);

/// One of several models behind a picture.
struct ReceiptModel {
  std::string name;
  std::string weightsSha256;  ///< empty for what has no weights
  bool operator==(const ReceiptModel&) const = default;
};

/// The command of receipts of pictures that were taken of the window as it stood.
constexpr const char* kWindowCommand = "window";

/// How a file was made, so that `stormloom-cli rerun` can make it again. Every exported format
/// carries it as the same line of JSON. What does not apply stays empty and is left out.
struct Receipt {
  std::string programVersion = STORMLOOM_VERSION;
  std::string commandLine;           ///< as it was typed, for people
  std::string command;               ///< "scenario"
  std::vector<std::string> options;  ///< its options without inputs; outputs by their bare names
  std::string output;                ///< the option that named this file: "--out"
  std::vector<ReceiptInput> inputs;
  std::optional<LonLatBox> box;
  std::string firstTime;  ///< ISO, UTC
  std::string runTime;
  std::string contextId;
  std::string model;
  std::string weightsSha256;
  std::vector<ReceiptModel> models;  ///< all of them, where `model` is not the only one
  std::string sampler;
  std::string guidance;
  std::string quality;
  int steps = 0;
  std::vector<double> nSigma;
  std::optional<std::uint64_t> seed;
  int members = 0;
  int firstMember = 0;               ///< counted from 0
  std::vector<double> nSigmaByLead;  ///< the command bent by hand, one n for each lead time
  std::string regionSha256;          ///< of the cells that the control was limited to, row by row
  std::string mapSha256;  ///< of map lines and towns, for pictures of maps
  std::string device;
  std::string precision;

  Json toJson() const;
  /// Throws IoError where a field has a wrong type.
  static Receipt fromJson(const Json& json);
};

/// One line of plain ASCII that may stand in JSON, XML, HTML, PNG text or a tag as it is.
std::string receiptText(const Receipt& receipt);

/// The first receipt that stands in `text` as receiptText wrote it.
std::optional<Receipt> findReceipt(std::string_view text);

/// Names and texts of the fields, for formats with attributes.
std::vector<std::pair<std::string, std::string>> receiptAttributes(const Receipt& receipt);

/// Adds what the answer says of its making.
Receipt withForecast(Receipt receipt, const ScenarioForecast& forecast);
Receipt withForecast(Receipt receipt, const DeterministicForecast& forecast);

/// SHA-256 of the cells a control is limited to, row by row.
std::string regionHash(const std::vector<std::uint8_t>& region);

/// "-4,-2,0.5"
std::string numberList(const std::vector<double>& values);

}  // namespace stormloom
