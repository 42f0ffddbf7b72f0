// Boost.Asio and Boost.Beast as this project includes them. Only http_server.cpp and
// http_connection.{h,cpp} need this; the public headers know nothing of Boost.
#pragma once

#include <utility>  // Asio 1.74 uses std::exchange without it

#ifndef BOOST_ASIO_DISABLE_CO_AWAIT
#define BOOST_ASIO_DISABLE_CO_AWAIT  // Asio 1.74 knows an older form of coroutines
#endif

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "core/base/time.h"

namespace holdfast::upstream {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

// The model's time is the steady clock's, which is CLOCK_MONOTONIC.
inline Time steady_now() { return Time(std::chrono::steady_clock::now().time_since_epoch()); }
inline std::chrono::steady_clock::time_point steady_point(Time time) {
  return std::chrono::steady_clock::time_point(time.time_since_epoch());
}

}  // namespace holdfast::upstream
