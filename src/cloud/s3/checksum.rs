//! The checksum that the AWS CLI adds to each upload.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>

use crate::json;

/// The reflected polynomial of CRC-64/NVME.
const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;

/// CRC-64/NVME in base64.
pub(super) fn crc64nvme(bytes: &[u8]) -> String {
    let mut crc = u64::MAX;
    for byte in bytes {
        crc ^= u64::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg());
        }
    }
    json::base64(&(!crc).to_be_bytes())
}

/// MD5 in hexadecimal, which is the ETag of an object that was uploaded whole.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>
pub fn md5_hex(bytes: &[u8]) -> String {
    format!("{:x}", md5::compute(bytes))
}

/// MD5 in base64, as `Content-MD5` has it.
pub(super) fn md5_base64(bytes: &[u8]) -> String {
    json::base64(&md5::compute(bytes).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_real_uploads() {
        assert_eq!(crc64nvme(b"hello\n"), "akP7S61aVgc=");
        assert_eq!(md5_hex(b"hello\n"), "b1946ac92492d2347c6235b4d2611184");
        assert_eq!(md5_hex(b""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(md5_base64(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
    }
}
