/**
 * Linux by {@code recvmmsg} and {@code sendmmsg}: many datagrams in one system call, and {@code
 * epoll} to wait. A posted receive is a number here: between calls the system owns no slot.
 */
@NullMarked
package io.rioreactive.kernel.linux;

import org.jspecify.annotations.NullMarked;
