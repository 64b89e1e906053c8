/* Rule 25, and what rules 7, 12 and 13 say of control and flags slices. */
#include "control.h"

#include <string.h>

/* ---- 25: slices ---- */

static void refused_receive(RIO_BUF control, RIO_BUF flags, int code) {
  struct bench bench = bench_open(BENCH_POLLED);
  RIO_BUF data = receive_slice(&bench, 0);
  control.BufferId = flags.BufferId = bench.receive_id;
  expect(!rio.RIOReceiveEx(bench.rq, &data, 1, NULL, NULL, &control, &flags, 0, 0), 0);
  expect_error(code);
  bench_close(&bench);
}

static const RIO_BUF good_control = {0, CONTROL, CONTROL_LENGTH}, good_flags = {0, FLAGS_AT, 4};

static void flags_slice_of_3(void) {
  refused_receive(good_control, (RIO_BUF){0, FLAGS_AT, 3}, WSAEINVAL);
}

static void flags_slice_of_8(void) {
  refused_receive(good_control, (RIO_BUF){0, FLAGS_AT, 8}, WSAEINVAL);
}

static void control_slice_of_7(void) {
  refused_receive((RIO_BUF){0, CONTROL, 7}, good_flags, WSAEINVAL);
}

static void control_slice_at_an_odd_place(void) {
  refused_receive((RIO_BUF){0, CONTROL + 4, 64}, good_flags, WSAEINVAL);
}

/* ---- 25: the control data of a send ---- */

static void well_formed(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  const int number = 2;
  struct control_data control = control_begin(&bench, 0);
  RIO_BUF empty = control_slice(&bench, 0, 8);
  expect(send_controlled(&bench, 0, &empty, NULL), WSAGetLastError());
  expect_equal(take(&bench).Status, 0);
  const int types[] = {3, 4, 21, 50};
  for (int i = 0; i < 4; i++) control_add(&control, IPPROTO_IP, types[i], &number, sizeof number);
  control_add(&control, IPPROTO_UDP, 2, &number, sizeof number);
  control_ipv4_source(&control, INADDR_LOOPBACK);
  RIO_BUF all = control_slice(&bench, 0, 512);
  expect(send_controlled(&bench, 0, &all, NULL), WSAGetLastError());
  expect_equal(take(&bench).Status, 0);
  control = control_begin(&bench, 0);
  control_add(&control, IPPROTO_IP, 3, &number, sizeof number);
  control.total -= 4; /* the padding of the last header need not be there */
  memcpy(control.at, &control.total, sizeof control.total);
  RIO_BUF unpadded = control_slice(&bench, 0, control.total);
  expect(send_controlled(&bench, 0, &unpadded, NULL), WSAGetLastError());
  expect_equal(take(&bench).Status, 0);
  expect_equal(RioDoubleCount("sends.with.control"), 2);
  expect_equal(RioDoubleCount("sends.with.source"), 1);
  bench_close(&bench);
}

static void refuse(struct bench *bench, ULONG total, ULONG length, const SOCKADDR_INET *to) {
  memcpy(bench->send_memory + SEND_CONTROL, &total, sizeof total);
  RIO_BUF slice = control_slice(bench, 0, length);
  expect(!send_controlled(bench, 0, &slice, to), 0);
  expect_error(WSAEINVAL);
  bench_close(bench);
}

static void total_length(ULONG total) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct control_data control = control_begin(&bench, 0);
  control_ipv4_source(&control, INADDR_LOOPBACK);
  refuse(&bench, total, 32, NULL);
}

static void total_length_0(void) { total_length(0); }

static void total_length_7(void) { total_length(7); }

static void total_length_beyond_the_slice(void) { total_length(33); }

static void total_length_of_all_ones(void) { total_length(0xFFFFFFFF); }

static void half_a_header(void) { total_length(8 + 15); }

static void header_beyond_total_length(void) { total_length(8 + 20); }

static void header_length(uint64_t length) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct control_data control = control_begin(&bench, 0);
  control_header(&control, length, IPPROTO_IP, PACKET_INFO);
  refuse(&bench, 32, 64, NULL);
}

static void header_length_0(void) { header_length(0); }

static void header_length_15(void) { header_length(15); }

static void header_length_that_wraps(void) { header_length(~0ull - 6); }

static void header_length_with_upper_bits(void) { header_length((1ull << 32) + 24); }

static void left_over_bytes(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct control_data control = control_begin(&bench, 0);
  control_ipv4_source(&control, INADDR_LOOPBACK);
  refuse(&bench, control.total + 8, 64, NULL);
}

static void one_header(int level, int type, uint32_t length) {
  struct bench bench = bench_open(BENCH_POLLED);
  static const char zeros[32];
  struct control_data control = control_begin(&bench, 0);
  control_add(&control, level, type, zeros, length);
  refuse(&bench, control.total, 128, NULL);
}

static void unknown_type(void) { one_header(IPPROTO_IP, 77, 8); }

static void unknown_level(void) { one_header(1, PACKET_INFO, 8); }

static void short_packet_info(void) { one_header(IPPROTO_IP, PACKET_INFO, 4); }

static void linux_packet_info(void) { one_header(IPPROTO_IP, PACKET_INFO, 12); }

static void long_hop_limit(void) { one_header(IPPROTO_IP, 21, 8); }

static void ipv6_info_on_an_ipv4_socket(void) {
  one_header(IPPROTO_IPV6, PACKET_INFO, IPV6_INFO_LENGTH);
}

static void the_same_twice(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct control_data control = control_begin(&bench, 0);
  control_ipv4_source(&control, INADDR_LOOPBACK);
  control_ipv4_source(&control, INADDR_LOOPBACK);
  refuse(&bench, control.total, 128, NULL);
}

static void ipv4_info_to_an_ipv6_destination(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  struct control_data control = control_begin(&bench, 0);
  control_ipv4_source(&control, INADDR_LOOPBACK);
  SOCKADDR_INET to = {.Ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)}};
  to.Ipv6.sin6_addr.s6_addr[15] = 1;
  refuse(&bench, control.total, 128, &to);
}

/* ---- 7, 12 and 13 ---- */

static void control_slice_behind_its_registration(void) {
  refused_receive((RIO_BUF){0, SLOTS * STRIDE - 8, 16}, good_flags, WSAEINVAL);
}

static void flags_slice_behind_its_registration(void) {
  refused_receive(good_control, (RIO_BUF){0, SLOTS * STRIDE - 3, 4}, WSAEINVAL);
}

static void two_receives(ULONG control, ULONG flags) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect(receive_controlled(&bench, 0, CONTROL_LENGTH), WSAGetLastError());
  RIO_BUF data = receive_slice(&bench, 1), slice = {bench.receive_id, control, 64},
          out = {bench.receive_id, flags, 4};
  expect(rio.RIOReceiveEx(bench.rq, &data, 1, NULL, NULL, &slice, &out, 0, 1), WSAGetLastError());
  bench.outstanding++;
  bench_close(&bench);
}

static void slices_of_their_own(void) { two_receives(STRIDE + CONTROL, STRIDE + FLAGS_AT); }

static void receives_with_one_control_slice(void) { two_receives(CONTROL, STRIDE + FLAGS_AT); }

static void receives_with_one_flags_slice(void) { two_receives(STRIDE + CONTROL, FLAGS_AT); }

static void flags_slice_inside_the_control_slice(void) {
  two_receives(STRIDE + CONTROL, STRIDE + CONTROL + 32);
}

static void write_to_posted(size_t offset) {
  struct bench bench = bench_open(BENCH_POLLED);
  expect(receive_controlled(&bench, 0, CONTROL_LENGTH), WSAGetLastError());
  bench.receive_memory[offset]++;
  peer_send(&bench, "hello");
  take(&bench);
  bench_close(&bench);
}

static void posted_control_written(void) { write_to_posted(CONTROL + CONTROL_LENGTH - 1); }

static void posted_flags_written(void) { write_to_posted(FLAGS_AT); }

static void pending_send_control_written(void) {
  control("hold-sends on");
  struct bench bench = bench_open(BENCH_POLLED);
  struct control_data control_data = control_begin(&bench, 0);
  control_ipv4_source(&control_data, INADDR_LOOPBACK);
  RIO_BUF slice = control_slice(&bench, 0, 64);
  expect(send_controlled(&bench, 0, &slice, NULL), WSAGetLastError());
  control_data.at[40]++;
  control("hold-sends off");
  take(&bench);
  bench_close(&bench);
}

static void control_in_the_registration_of_receives(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  post_receive(&bench, 0, 0);
  const ULONG total = 8;
  memcpy(bench.receive_memory + STRIDE, &total, sizeof total);
  RIO_BUF slice = {bench.receive_id, STRIDE, 64};
  expect(send_controlled(&bench, 0, &slice, NULL), WSAGetLastError());
  bench_close(&bench);
}

const struct probe probes_control_shapes[] = {
    PROBE(7, BREAKS, control_slice_behind_its_registration),
    PROBE(7, BREAKS, flags_slice_behind_its_registration),
    PROBE(12, KEEPS, slices_of_their_own),
    PROBE(12, BREAKS, receives_with_one_control_slice),
    PROBE(12, BREAKS, receives_with_one_flags_slice),
    PROBE(12, BREAKS, flags_slice_inside_the_control_slice),
    PROBE(12, BREAKS, posted_control_written),
    PROBE(12, BREAKS, posted_flags_written),
    PROBE(12, BREAKS, pending_send_control_written),
    PROBE(13, BREAKS, control_in_the_registration_of_receives),
    PROBE(25, KEEPS, well_formed),
    PROBE(25, BREAKS, flags_slice_of_3),
    PROBE(25, BREAKS, flags_slice_of_8),
    PROBE(25, BREAKS, control_slice_of_7),
    PROBE(25, BREAKS, control_slice_at_an_odd_place),
    PROBE(25, BREAKS, total_length_0),
    PROBE(25, BREAKS, total_length_7),
    PROBE(25, BREAKS, total_length_beyond_the_slice),
    PROBE(25, BREAKS, total_length_of_all_ones),
    PROBE(25, BREAKS, half_a_header),
    PROBE(25, BREAKS, header_beyond_total_length),
    PROBE(25, BREAKS, header_length_0),
    PROBE(25, BREAKS, header_length_15),
    PROBE(25, BREAKS, header_length_that_wraps),
    PROBE(25, BREAKS, header_length_with_upper_bits),
    PROBE(25, BREAKS, left_over_bytes),
    PROBE(25, BREAKS, unknown_type),
    PROBE(25, BREAKS, unknown_level),
    PROBE(25, BREAKS, short_packet_info),
    PROBE(25, BREAKS, linux_packet_info),
    PROBE(25, BREAKS, long_hop_limit),
    PROBE(25, BREAKS, ipv6_info_on_an_ipv4_socket),
    PROBE(25, BREAKS, ipv4_info_to_an_ipv6_destination),
    PROBE(25, BREAKS, the_same_twice),
    {0},
};
