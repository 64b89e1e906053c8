package io.rioreactive.test.kernel;

/**
 * What every kernel does: the promises of {@link io.rioreactive.kernel.Kernel}, {@link
 * io.rioreactive.kernel.CompletionQueue} and {@link io.rioreactive.kernel.RequestQueue}. Who
 * implements it says which kernel, and what is known to be wrong with the system it runs on.
 *
 * <p>Peers are other sockets of the same kernel, so it needs no system but the kernel's own. In
 * every test each accepted post must end in exactly one completion, and a withdrawn one in none:
 * {@link TestSocket} keeps the books.
 */
interface KernelContract
    extends KernelRules,
        BindRules,
        ReceiveRules,
        SendRules,
        MemoryRules,
        BatchRules,
        ConservationRules,
        WakeUpRules,
        ConnectRules,
        UnreachableRules,
        CloseRules {}
