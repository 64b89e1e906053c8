package io.rioreactive.test.contract;

/** What a connection does besides, where its sockets are the machine's own. */
interface SystemContract
    extends ConnectionContract,
        AddressContract,
        OptionContract,
        GroupSocketContract,
        InteropContract,
        PacketInfoContract,
        SystemClientContract,
        OverloadContract {}
