/**
 * The soak: a server under load that is struck by one fault after the other. {@link
 * io.rioreactive.soak.Soak} is the path through it, each {@link io.rioreactive.soak.Fault} a file
 * of its own.
 *
 * <pre>
 * Soak ── starts, strikes, judges ──▶ Server ══ a pipe ══▶ Served   a JVM of its own: what is struck
 *   │                                                        ▲ │
 *   └── Load: datagrams with numbers ── UDP ─────────────────┘ │
 *         ▲                                                    │
 *         └──────────────── echoes ────────────────────────────┘
 * </pre>
 */
@NullMarked
package io.rioreactive.soak;

import org.jspecify.annotations.NullMarked;
