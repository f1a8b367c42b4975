#pragma once

/// Whether this program was built with AddressSanitizer: memory is kept back then, and processes start slowly.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STORMLOOM_SANITIZED_TEST
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define STORMLOOM_SANITIZED_TEST
#endif
#ifdef STORMLOOM_SANITIZED_TEST
inline constexpr bool kSanitizedTest = true;
#else
inline constexpr bool kSanitizedTest = false;
#endif
