// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/frame_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/output_queue.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::engine {
namespace {

struct Message {
  std::string text;
  Tensor<float> tensor;
};

Message Sample(std::size_t elements) {
  Message message{.text = "hello",
                  .tensor = Tensor<float>::Create({static_cast<std::int64_t>(elements)})};
  for (std::size_t i = 0; i < elements; ++i) message.tensor[i] = static_cast<float>(i);
  return message;
}

// All that waits, written `step` bytes at a time.
std::string Drain(OutputQueue& queue, std::size_t step) {
  std::string bytes;
  std::array<iovec, 3> pieces;
  while (const std::size_t count = queue.Fill(pieces)) {
    std::size_t left = step;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < count && left > 0; ++i) {
      const std::size_t size = std::min(left, pieces[i].iov_len);
      bytes.append(static_cast<const char*>(pieces[i].iov_base), size);
      left -= size;
      taken += size;
    }
    queue.Consume(taken);
  }
  return bytes;
}

struct Copy {
  FrameHeader header;
  std::string head;
  std::string payload;
  bool is_owned = false;
};

std::vector<Copy> ReadAll(FrameReader& reader, std::string_view bytes, std::size_t step) {
  std::vector<Copy> frames;
  while (!bytes.empty()) {
    const std::span<std::byte> space = reader.Space();
    const std::size_t size = std::min({step, bytes.size(), space.size()});
    std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()), size, space.data());
    reader.Commit(size);
    bytes.remove_prefix(size);
    Frame frame;
    while (reader.Next(frame) == FrameReader::Status::kFrame) {
      const auto text = [](std::span<const std::byte> part) {
        return std::string(reinterpret_cast<const char*>(part.data()), part.size());
      };
      frames.push_back(
          {frame.header, text(frame.head), text(frame.payload), frame.owner != nullptr});
    }
  }
  return frames;
}

TEST(FrameReader, GivesBackWhatAQueueWrote) {
  for (const std::size_t step : {1U, 7U, 4096U, 1'000'000U}) {
    OutputQueue queue;
    const std::vector<std::size_t> sizes{0, 3, 5000, 100'000, 1};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const Message message = Sample(sizes[i]);
      queue.Add({.type = FrameType::kCall, .call = static_cast<std::uint32_t>(i + 1)},
                std::string(i * 100, 'h'), schema::TypeOf<Message>(), &message);
    }
    queue.Add({.type = FrameType::kPing});
    const std::uint64_t queued = queue.Queued();
    const std::string bytes = Drain(queue, step);
    EXPECT_EQ(bytes.size(), queued);
    EXPECT_TRUE(queue.IsEmpty());

    FrameReader reader(1U << 20U);
    const std::vector<Copy> frames = ReadAll(reader, bytes, step);
    ASSERT_EQ(frames.size(), sizes.size() + 1) << step;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      EXPECT_EQ(frames[i].header.call, i + 1);
      EXPECT_EQ(frames[i].head, std::string(i * 100, 'h'));
      EXPECT_EQ(frames[i].is_owned, frames[i].payload.size() >= FrameReader::kDirectFrom);
      Message back;
      ASSERT_TRUE(schema::ReadBinary(schema::TypeOf<Message>(), &back,
                                     std::as_bytes(std::span(frames[i].payload)), nullptr));
      EXPECT_EQ(back.tensor.size(), sizes[i]);
      EXPECT_TRUE(
          std::equal(back.tensor.begin(), back.tensor.end(), Sample(sizes[i]).tensor.begin()));
    }
    EXPECT_EQ(frames.back().header.type, FrameType::kPing);
  }
}

TEST(FrameReader, RefusesWhatIsNoFrameOrBeyondTheLimit) {
  const auto status = [](const FrameHeader& header, std::uint64_t limit) {
    FrameReader reader(limit);
    const auto bytes = EncodeHeader(header);
    std::copy(bytes.begin(), bytes.end(), reader.Space().begin());
    reader.Commit(bytes.size());
    Frame frame;
    return reader.Next(frame);
  };
  EXPECT_EQ(status({.type = FrameType::kPong}, 10), FrameReader::Status::kFrame);
  EXPECT_EQ(status({.type = static_cast<FrameType>(0)}, 10), FrameReader::Status::kFault);
  EXPECT_EQ(status({.type = static_cast<FrameType>(12)}, 10), FrameReader::Status::kFault);
  EXPECT_EQ(status({.type = FrameType::kCall, .payload_size = 10}, 10),
            FrameReader::Status::kNeedsMore);
  EXPECT_EQ(status({.type = FrameType::kCall, .payload_size = 11}, 10),
            FrameReader::Status::kFault);
  EXPECT_EQ(status({.type = FrameType::kCall, .head_size = kMaxHeadSize + 1}, 10),
            FrameReader::Status::kFault);
}

TEST(OutputQueue, AddsNothingOfAFrameThatIsTooLarge) {
  OutputQueue queue;
  queue.SetMaxPayload(100'000);
  queue.Add({.type = FrameType::kPing});
  const Message message = Sample(100'000);
  EXPECT_THROW(
      queue.Add({.type = FrameType::kCall, .call = 1}, "head", schema::TypeOf<Message>(), &message),
      Error);
  EXPECT_EQ(Drain(queue, 1000).size(), kFrameHeaderSize);
}

}  // namespace
}  // namespace tenon::engine
