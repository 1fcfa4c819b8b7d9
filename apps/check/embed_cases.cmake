# SPDX-License-Identifier: Apache-2.0
# Writes the cases of FOLDER into the C++ file OUT, one raw string each. A case shorter than 16,000
# bytes fits what every compiler takes as one literal.
file(GLOB cases ${FOLDER}/*.json)
list(SORT cases)
file(WRITE ${OUT} "// Made by embed_cases.cmake.\n#include \"case.hpp\"\n\nnamespace tenon::check {\n\n"
                  "std::span<const EmbeddedCase> EmbeddedCases() {\n"
                  "  static constexpr EmbeddedCase kCases[] = {\n")
foreach(case IN LISTS cases)
  get_filename_component(name ${case} NAME)
  file(READ ${case} text)
  file(APPEND ${OUT} "      {\"${name}\", R\"~~~(${text})~~~\"},\n")
endforeach()
file(APPEND ${OUT} "  };\n  return kCases;\n}\n\n}  // namespace tenon::check\n")
