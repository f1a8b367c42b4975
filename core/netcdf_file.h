#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/scratch_file.h"

namespace stormloom {

/// A variable as it stands in a file.
struct StoredVariable {
  std::string name;
  std::string description;     ///< its shape and attributes
  std::vector<double> values;  ///< as stored
  double step = 1.0;           ///< of packed values, in the variable's unit
};

/// Thin owner of a NetCDF-4 file. Every failure is an IoError that names the file. Built without
/// NetCDF, opening throws.
class NetCdfFile {
public:
  /// Made in memory; commit() writes it beside `path` and puts it in place, otherwise nothing stays
  /// behind.
  static NetCdfFile create(const std::string& path);
  static NetCdfFile open(const std::string& path);
  ~NetCdfFile();
  NetCdfFile(NetCdfFile&& other) noexcept;
  NetCdfFile& operator=(NetCdfFile&&) = delete;

  enum class Type { Int8, Int16, Int32, Float, Double };

  void addDimension(const std::string& name, std::size_t length);
  /// Variables of three and more dimensions are compressed, one (y, x) slice a chunk.
  void addVariable(const std::string& name, Type type, const std::vector<std::string>& dimensions);
  void addFill(const std::string& name, std::int16_t value);
  void setText(const std::string& variable, const std::string& attribute, const std::string& text);
  void setNumbers(const std::string& variable, const std::string& attribute,
                  const std::vector<double>& numbers);
  void setFlags(const std::string& variable, const std::string& attribute,
                const std::vector<std::int8_t>& flags);
  void writeDoubles(const std::string& variable, const std::vector<double>& values);
  /// One slab: `start` and `count` for each dimension.
  void writeShorts(const std::string& variable, const std::vector<std::size_t>& start,
                   const std::vector<std::size_t>& count, const std::vector<std::int16_t>& values);
  void writeBytes(const std::string& variable, const std::vector<std::size_t>& start,
                  const std::vector<std::size_t>& count, const std::vector<std::int8_t>& values);
  void commit();

  bool hasVariable(const std::string& name) const;
  /// All variables with their values; not the attributes of the file.
  std::vector<StoredVariable> variables() const;
  std::vector<std::size_t> shape(const std::string& variable) const;
  std::string text(const std::string& variable, const std::string& attribute)
      const;  ///< "" when absent; variable "" is the file
  std::vector<double> doubles(const std::string& variable) const;
  std::vector<std::int16_t> shorts(const std::string& variable,
                                   const std::vector<std::size_t>& start,
                                   const std::vector<std::size_t>& count) const;
  std::vector<std::int8_t> bytes(const std::string& variable, const std::vector<std::size_t>& start,
                                 const std::vector<std::size_t>& count) const;

private:
  NetCdfFile(std::string path, std::unique_ptr<ScratchFile> scratch, int id);
  int variableId(const std::string& name) const;
  std::string attributesOf(int variable) const;
  void check(int status, const std::string& what) const;

  std::string path_;
  std::unique_ptr<ScratchFile> scratch_;  ///< of a file that is written
  int id_ = -1;
};

}  // namespace stormloom
