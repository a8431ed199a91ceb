#pragma once

namespace berth::bench {

/// What the machine itself takes, so that figures of different machines compare.
struct MachineSpeed {
    double verify_micros = 0;     ///< One BIP-340 signature, on one processor.
    double fdatasync_millis = 0;  ///< Of 4 KiB at the end of a file: the median.
};

MachineSpeed MeasureMachine();

}  // namespace berth::bench
