#include "control.h"

#include <string.h>

struct control_data control_begin(const struct bench *bench, int slot) {
  struct control_data control = {bench->send_memory + slot * PAGE + SEND_CONTROL, 8};
  memset(control.at, 0xEE, PAGE - SEND_CONTROL);
  memcpy(control.at, &control.total, sizeof control.total);
  return control;
}

void control_header(struct control_data *control, uint64_t length, int level, int type) {
  WSACMSGHDR header = {.cmsg_len = (SIZE_T)length, .cmsg_level = level, .cmsg_type = type};
  memcpy(control->at + control->total, &header, sizeof header);
}

void control_add(struct control_data *control, int level, int type, const void *data,
                 uint32_t length) {
  control_header(control, sizeof(WSACMSGHDR) + length, level, type);
  memcpy(control->at + control->total + sizeof(WSACMSGHDR), data, length);
  control->total += sizeof(WSACMSGHDR) + (length + 7) / 8 * 8;
  memcpy(control->at, &control->total, sizeof control->total);
}

void control_ipv4_source(struct control_data *control, uint32_t address) {
  const uint32_t info[2] = {htonl(address), 0};
  control_add(control, IPPROTO_IP, PACKET_INFO, info, sizeof info);
}

RIO_BUF control_slice(const struct bench *bench, int slot, ULONG length) {
  return (RIO_BUF){bench->send_id[slot], SEND_CONTROL, length};
}

BOOL send_controlled(struct bench *bench, int slot, const RIO_BUF *control,
                     const SOCKADDR_INET *to) {
  char *page = bench->send_memory + slot * PAGE;
  memcpy(page, "hello", 5);
  RIO_BUF data = send_slice(bench, slot, 5), address = send_address(bench, slot);
  if (to != NULL) memcpy(page + address.Offset, to, sizeof *to);
  BOOL accepted = rio.RIOSendEx(bench->rq, &data, 1, NULL, &address, control, NULL, 0,
                                SEND_BIT | (uint64_t)slot);
  if (accepted) bench->outstanding++;
  return accepted;
}

BOOL receive_controlled(struct bench *bench, int slot, ULONG control_length) {
  RIO_BUF data = receive_slice(bench, slot), address = receive_address(bench, slot);
  RIO_BUF control = {bench->receive_id, (ULONG)slot * STRIDE + CONTROL, control_length};
  RIO_BUF flags = {bench->receive_id, (ULONG)slot * STRIDE + FLAGS_AT, 4};
  BOOL accepted =
      rio.RIOReceiveEx(bench->rq, &data, 1, NULL, &address, &control, &flags, 0, (uint64_t)slot);
  if (accepted) bench->outstanding++;
  return accepted;
}
