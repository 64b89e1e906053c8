/* Rule 26: control data as the kernel writes it and takes it; rule 21: its modes. */
#include "control.h"

#include <stdio.h>
#include <string.h>

enum { OTHER_LOOPBACK = 0x7F000005 }; /* 127.0.0.5 */

/* ---- sockets that are bound to every address ---- */

static void set(SOCKET socket, int level, int option, int value) {
  expect(ws.setsockopt(socket, level, option, (char *)&value, sizeof value) == 0,
         WSAGetLastError());
}

static void bind_everywhere(SOCKET socket, const void *address, int length,
                            struct sockaddr_in *target, uint32_t to) {
  SOCKADDR_INET own;
  int size = sizeof own;
  expect(ws.bind(socket, address, length) == 0, WSAGetLastError());
  expect(ws.getsockname(socket, (struct sockaddr *)&own, &size) == 0, WSAGetLastError());
  *target = (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = own.Ipv4.sin_port, .sin_addr.s_addr = htonl(to)};
}

/* The peer sends to `to`. */
static struct bench open_ipv4(bool info, uint32_t to) {
  struct sockaddr_in any = {.sin_family = AF_INET}, target;
  SOCKET socket = unbound_socket();
  if (info) set(socket, IPPROTO_IP, PACKET_INFO, 1);
  bind_everywhere(socket, &any, sizeof any, &target, to);
  return bench_on(socket, &target, BENCH_POLLED);
}

static struct bench open_dual(bool info) {
  struct sockaddr_in6 any = {.sin6_family = AF_INET6};
  struct sockaddr_in target;
  SOCKET socket = ws.WSASocketW(AF_INET6, SOCK_DGRAM, IPPROTO_UDP, NULL, 0,
                                WSA_FLAG_OVERLAPPED | WSA_FLAG_REGISTERED_IO);
  set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (info) set(socket, IPPROTO_IPV6, PACKET_INFO, 1);
  bind_everywhere(socket, &any, sizeof any, &target, OTHER_LOOPBACK);
  return bench_on(socket, &target, BENCH_POLLED);
}

/* ---- what a receive got ---- */

static ULONG total_in(const struct bench *bench, int slot) {
  ULONG total;
  memcpy(&total, bench->receive_memory + slot * STRIDE + CONTROL, sizeof total);
  return total;
}

static DWORD flags_in(const struct bench *bench, int slot) {
  DWORD flags;
  memcpy(&flags, bench->receive_memory + slot * STRIDE + FLAGS_AT, sizeof flags);
  return flags;
}

static const char *header_in(const struct bench *bench, ULONG at, uint64_t length, int level,
                             int type) {
  WSACMSGHDR header;
  memcpy(&header, bench->receive_memory + CONTROL + at, sizeof header);
  expect_equal(header.cmsg_len, length);
  expect_equal(header.cmsg_level, level);
  expect_equal(header.cmsg_type, type);
  return bench->receive_memory + CONTROL + at + sizeof header;
}

static void receive_one(struct bench *bench, ULONG control_length) {
  expect(receive_controlled(bench, 0, control_length), WSAGetLastError());
  peer_send(bench, "hello");
  expect_equal(take(bench).Status, 0);
}

/* ---- 26: receives ---- */

static void destination_of_a_datagram(void) {
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  receive_one(&bench, CONTROL_LENGTH);
  expect_equal(total_in(&bench, 0), 32);
  const uint32_t wanted = htonl(OTHER_LOOPBACK);
  const char *data = header_in(&bench, 8, 24, IPPROTO_IP, PACKET_INFO);
  expect(memcmp(data, &wanted, sizeof wanted) == 0, 0);
  expect(data[4] != 0, data[4]); /* the interface */
  expect_equal(flags_in(&bench, 0), 0);
  expect_equal(RioDoubleCount("datagrams.received.with.control"), 1);
  bench_close(&bench);
}

static void several_kinds(void) {
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  set(bench.socket, IPPROTO_IP, 40, 1); /* IP_RECVTOS */
  set(bench.peer, IPPROTO_IP, 3, 2);
  receive_one(&bench, CONTROL_LENGTH);
  expect_equal(total_in(&bench, 0), 56);
  header_in(&bench, 8, 24, IPPROTO_IP, PACKET_INFO);
  expect_equal(*header_in(&bench, 32, 20, IPPROTO_IP, 3), 2);
  bench_close(&bench);
}

static void nothing_to_tell(void) {
  struct bench bench = open_ipv4(false, OTHER_LOOPBACK);
  receive_one(&bench, CONTROL_LENGTH);
  expect_equal(total_in(&bench, 0), 8);
  expect_equal(flags_in(&bench, 0), 0);
  expect_equal(RioDoubleCount("datagrams.received.with.control"), 0);
  bench_close(&bench);
}

static void slices_too_small(void) {
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  set(bench.socket, IPPROTO_IP, 40, 1);
  const ULONG lengths[] = {8, 31, 32, 55, 56}, totals[] = {8, 8, 32, 32, 56};
  for (int i = 0; i < 5; i++) {
    memset(bench.receive_memory + CONTROL, 0x5A, CONTROL_LENGTH);
    receive_one(&bench, lengths[i]);
    expect_equal(total_in(&bench, 0), totals[i]);
    expect_equal(flags_in(&bench, 0), i < 4 ? MSG_CTRUNC : 0);
    expect_equal(bench.receive_memory[CONTROL + lengths[i]], 0x5A);
  }
  bench_close(&bench);
}

static void truncated_datagram(void) {
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  char text[SLOT + 2];
  memset(text, 'z', SLOT + 1);
  text[SLOT + 1] = 0;
  expect(receive_controlled(&bench, 0, CONTROL_LENGTH), WSAGetLastError());
  peer_send(&bench, text);
  expect_equal(take(&bench).Status, WSAEMSGSIZE);
  expect_equal(flags_in(&bench, 0), MSG_TRUNC);
  expect_equal(total_in(&bench, 0), 32);
  bench_close(&bench);
}

static void multicast_datagram(void) {
  struct bench bench = open_ipv4(true, 0xEF010203); /* 239.1.2.3 */
  const uint32_t join[2] = {htonl(0xEF010203), htonl(INADDR_LOOPBACK)};
  expect(ws.setsockopt(bench.socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)join, sizeof join) == 0,
         WSAGetLastError());
  ws.setsockopt(bench.peer, IPPROTO_IP, IP_MULTICAST_IF, (char *)&join[1], sizeof join[1]);
  receive_one(&bench, CONTROL_LENGTH);
  expect_equal(flags_in(&bench, 0), MSG_MCAST);
  bench_close(&bench);
}

static void ipv4_datagram_on_a_socket_for_both(void) {
  struct bench bench = open_dual(true);
  receive_one(&bench, CONTROL_LENGTH);
  expect_equal(total_in(&bench, 0), 48);
  const unsigned char wanted[16] = {[10] = 0xFF, 0xFF, 127, 0, 0, 5};
  expect(memcmp(header_in(&bench, 8, 36, IPPROTO_IPV6, PACKET_INFO), wanted, 16) == 0, 0);
  bench_close(&bench);
}

static void a_plain_receive_among_others(void) {
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  post_receive(&bench, 1, 0);
  expect(receive_controlled(&bench, 0, CONTROL_LENGTH), WSAGetLastError());
  peer_send(&bench, "plain");
  expect_equal(take(&bench).RequestContext, 1);
  peer_send(&bench, "hello");
  take(&bench);
  expect_equal(total_in(&bench, 0), 32);
  bench_close(&bench);
}

/* ---- 26: sends ---- */

static uint32_t source_at_the_peer(struct bench *bench) {
  struct sockaddr_in from = {0};
  int length = sizeof from;
  char text[10];
  expect(ws.recvfrom(bench->peer, text, sizeof text, 0, (struct sockaddr *)&from, &length) == 5,
         WSAGetLastError());
  expect_equal(from.sin_port, bench->address.sin_port);
  return ntohl(from.sin_addr.s_addr);
}

static void send_from_source(struct bench *bench, uint32_t source, const SOCKADDR_INET *to) {
  struct control_data control = control_begin(bench, 0);
  control_ipv4_source(&control, source);
  RIO_BUF slice = control_slice(bench, 0, control.total);
  expect(send_controlled(bench, 0, &slice, to), WSAGetLastError());
}

static void source_of_a_send(void) {
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  for (int i = 0; i < 3; i++) {
    send_from_source(&bench, OTHER_LOOPBACK, NULL);
    expect_equal(take(&bench).Status, 0);
    expect_equal(source_at_the_peer(&bench), OTHER_LOOPBACK);
    send_from_source(&bench, OTHER_LOOPBACK + 1, NULL);
    expect_equal(take(&bench).Status, 0);
    expect_equal(source_at_the_peer(&bench), OTHER_LOOPBACK + 1);
    post_send(&bench, 1, "plain", 0); /* as ever */
    expect_equal(take(&bench).Status, 0);
    expect_equal(source_at_the_peer(&bench), INADDR_LOOPBACK);
    receive_one(&bench, CONTROL_LENGTH); /* what comes to that address still comes to this socket */
  }
  expect_equal(RioDoubleCount("sends.with.source"), 6);
  expect_equal(RioDoubleCount("sends.from.source"), 6);
  char report[4000];
  RioDoubleReport(report, sizeof report);
  expect(strstr(report, "control: 20000000") != NULL, 0);
  expect(strstr(report, "7f00000600000000\n") != NULL, 0);
  struct sockaddr_in same = bench.address;
  same.sin_addr.s_addr = 0;
  SOCKET third = ws.socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  expect(ws.bind(third, (struct sockaddr *)&same, sizeof same) != 0, 0); /* the port is taken */
  bench_close(&bench);
  expect(ws.bind(third, (struct sockaddr *)&same, sizeof same) == 0, WSAGetLastError()); /* free */
  ws.closesocket(third);
}

static void source_that_the_socket_is_bound_to(void) {
  struct bench bench = bench_open(BENCH_POLLED);
  send_from_source(&bench, INADDR_LOOPBACK, NULL);
  expect_equal(take(&bench).Status, 0);
  expect_equal(source_at_the_peer(&bench), INADDR_LOOPBACK);
  send_from_source(&bench, 0, NULL); /* unspecified: none is asked for */
  expect_equal(take(&bench).Status, 0);
  expect_equal(source_at_the_peer(&bench), INADDR_LOOPBACK);
  expect_equal(RioDoubleCount("sends.with.source"), 1);
  bench_close(&bench);
}

static void source_of_a_send_from_an_exclusive_port(void) {
  struct sockaddr_in any = {.sin_family = AF_INET}, target;
  SOCKET socket = unbound_socket();
  set(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
  bind_everywhere(socket, &any, sizeof any, &target, OTHER_LOOPBACK);
  struct bench bench = bench_on(socket, &target, BENCH_POLLED);
  send_from_source(&bench, OTHER_LOOPBACK, NULL);
  expect_equal(take(&bench).Status, 0);
  expect_equal(source_at_the_peer(&bench), OTHER_LOOPBACK);
  SOCKET third = ws.socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  set(third, SOL_SOCKET, SO_REUSEADDR, 1);
  target.sin_addr.s_addr = 0;
  expect(ws.bind(third, (struct sockaddr *)&target, sizeof target) != 0, 0);
  ws.closesocket(third);
  bench_close(&bench);
}

static void source_that_is_not_of_this_host(void) {
  struct bench bench = open_ipv4(false, OTHER_LOOPBACK);
  send_from_source(&bench, 0xCB007109, NULL); /* 203.0.113.9 */
  expect_equal(take(&bench).Status, WSAEADDRNOTAVAIL);
  post_send(&bench, 1, "plain", 0);
  expect_equal(take(&bench).Status, 0);
  bench_close(&bench);
}

static void sources_on_a_socket_for_both(void) {
  struct bench bench = open_dual(true);
  const unsigned char prefix[12] = {[10] = 0xFF, 0xFF};
  SOCKADDR_INET to = {.Ipv6 = {.sin6_family = AF_INET6, .sin6_port = bench.peer_address.sin_port}};
  memcpy(to.Ipv6.sin6_addr.s6_addr, prefix, sizeof prefix);
  memcpy(to.Ipv6.sin6_addr.s6_addr + 12, &bench.peer_address.sin_addr, 4);
  send_from_source(&bench, OTHER_LOOPBACK, &to);
  expect_equal(take(&bench).Status, 0);
  expect_equal(source_at_the_peer(&bench), OTHER_LOOPBACK);
  char info[IPV6_INFO_LENGTH] = {[10] = (char)0xFF, (char)0xFF, 127, 0, 0, 6};
  struct control_data control = control_begin(&bench, 0);
  control_add(&control, IPPROTO_IPV6, PACKET_INFO, info, sizeof info);
  RIO_BUF slice = control_slice(&bench, 0, control.total);
  expect(send_controlled(&bench, 0, &slice, &to), WSAGetLastError());
  expect_equal(take(&bench).Status, 0);
  expect_equal(source_at_the_peer(&bench), OTHER_LOOPBACK + 1);
  bench_close(&bench);
}

enum { FLOOD = 30, FLOODED = 100 };

/* Takes the send's completion and as many receives', which are posted again. */
static void receive_flood(struct bench *bench, int receives) {
  bool sent = false;
  while (receives > 0 || !sent) {
    RIORESULT result = take(bench);
    expect_equal(result.Status, 0);
    sent |= result.RequestContext >= SEND_BIT;
    if (result.RequestContext >= SEND_BIT) continue;
    receives--;
    expect_equal(total_in(bench, (int)result.RequestContext), 32);
    expect(receive_controlled(bench, (int)result.RequestContext, CONTROL_LENGTH), 0);
  }
}

/* While the double makes ready to send from an address, what comes to that address still arrives.
 */
static void datagrams_to_a_new_source(void) {
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  for (int slot = 0; slot < SLOTS; slot++)
    expect(receive_controlled(&bench, slot, CONTROL_LENGTH), WSAGetLastError());
  for (uint32_t round = 0; round < FLOODED; round++) {
    bench.address.sin_addr.s_addr = htonl(OTHER_LOOPBACK + round);
    send_from_source(&bench, OTHER_LOOPBACK + round, NULL);
    for (int i = 0; i < FLOOD; i++) peer_send(&bench, "flood");
    receive_flood(&bench, FLOOD);
  }
  bench_close(&bench);
}

/* ---- 21: modes ---- */

static void no_control_data(void) {
  control("control none");
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  receive_one(&bench, CONTROL_LENGTH);
  expect_equal(total_in(&bench, 0), 8);
  control("control normal");
  receive_one(&bench, CONTROL_LENGTH);
  expect_equal(total_in(&bench, 0), 32);
  bench_close(&bench);
}

enum { ROUNDS = 200 };

/* A checksum of what came; counts lengths that a reader must not believe. */
static uint64_t garbage(const char *seed, int *too_long) {
  control("control garbage");
  control(seed);
  struct bench bench = open_ipv4(true, OTHER_LOOPBACK);
  uint64_t sum = 0;
  *too_long = 0;
  for (int round = 0; round < ROUNDS; round++) {
    const ULONG length = (ULONG)(8 + round % 9 * 8);
    memset(bench.receive_memory + CONTROL, 0x5A, CONTROL_LENGTH);
    receive_one(&bench, length);
    *too_long += total_in(&bench, 0) > length;
    for (ULONG i = 0; i < length; i++)
      sum = sum * 31 + (unsigned char)bench.receive_memory[CONTROL + i];
    for (int i = (int)length; i < CONTROL_LENGTH; i++)
      expect_equal(bench.receive_memory[CONTROL + i], 0x5A);
    expect(memcmp(bench.receive_memory, "hello", 5) == 0, 0); /* the data is right */
  }
  bench_close(&bench);
  return sum;
}

static void garbage_by_seed(void) {
  int too_long;
  uint64_t first = garbage("seed 5", &too_long);
  expect(too_long > 0 && too_long < ROUNDS, too_long);
  expect(garbage("seed 5", &too_long) == first, 0);
  expect(garbage("seed 6", &too_long) != first, 0);
}

const struct probe probes_control_data[] = {
    PROBE(21, KEEPS, no_control_data),
    PROBE(21, KEEPS, garbage_by_seed),
    PROBE(26, KEEPS, destination_of_a_datagram),
    PROBE(26, KEEPS, several_kinds),
    PROBE(26, KEEPS, nothing_to_tell),
    PROBE(26, KEEPS, slices_too_small),
    PROBE(26, KEEPS, truncated_datagram),
    PROBE(26, KEEPS, multicast_datagram),
    PROBE(26, KEEPS, ipv4_datagram_on_a_socket_for_both),
    PROBE(26, KEEPS, a_plain_receive_among_others),
    PROBE(26, KEEPS, source_of_a_send),
    PROBE(26, KEEPS, source_that_the_socket_is_bound_to),
    PROBE(26, KEEPS, source_of_a_send_from_an_exclusive_port),
    PROBE(26, KEEPS, source_that_is_not_of_this_host),
    PROBE(26, KEEPS, sources_on_a_socket_for_both),
    PROBE(26, KEEPS, datagrams_to_a_new_source),
    {0},
};
