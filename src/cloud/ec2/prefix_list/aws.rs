//! The prefix lists that AWS keeps in each Region.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html>

use super::AwsList;
use crate::region::Region;

/// A Region's lists. The ids are AWS's; of the blocks of S3 and DynamoDB the larger ones of those
/// that AWS publishes in its address ranges.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html>
struct Row {
    region: &'static str,
    lists: &'static [AwsList],
}

const fn s3(id: &'static str, blocks: &'static [&'static str]) -> AwsList {
    AwsList {
        id,
        service: "s3",
        blocks,
        weight: 1,
    }
}

const fn dynamodb(id: &'static str, blocks: &'static [&'static str]) -> AwsList {
    AwsList {
        id,
        service: "dynamodb",
        blocks,
        weight: 1,
    }
}

/// The addresses from which CloudFront fetches from origins: the same list in each Region.
const fn cloudfront(id: &'static str) -> AwsList {
    AwsList {
        id,
        service: "cloudfront.origin-facing",
        blocks: &[
            "13.124.199.0/24",
            "52.46.0.0/22",
            "52.46.16.0/20",
            "64.252.64.0/18",
            "64.252.128.0/18",
            "130.176.0.0/18",
            "130.176.64.0/21",
            "130.176.128.0/21",
        ],
        weight: 55,
    }
}

const ROWS: &[Row] = &[
    Row {
        region: "us-east-1",
        lists: &[
            s3(
                "pl-63a5400a",
                &[
                    "3.5.0.0/19",
                    "16.182.0.0/16",
                    "18.34.0.0/19",
                    "52.216.0.0/15",
                    "54.231.0.0/16",
                ],
            ),
            dynamodb(
                "pl-02cd2c6b",
                &["3.218.180.0/22", "52.94.0.0/22", "52.119.224.0/20"],
            ),
            cloudfront("pl-3b927c52"),
        ],
    },
    Row {
        region: "us-east-2",
        lists: &[
            s3(
                "pl-7ba54012",
                &["3.5.128.0/21", "52.219.80.0/20", "52.219.96.0/20"],
            ),
            dynamodb("pl-4ca54025", &["52.94.4.0/24"]),
            cloudfront("pl-b6a144df"),
        ],
    },
    Row {
        region: "us-west-1",
        lists: &[
            s3("pl-6ba54002", &["3.5.160.0/22", "52.219.112.0/21"]),
            dynamodb("pl-6ea54007", &["52.94.12.0/24"]),
            cloudfront("pl-4ea04527"),
        ],
    },
    Row {
        region: "us-west-2",
        lists: &[
            s3(
                "pl-68a54001",
                &["3.5.76.0/22", "52.92.128.0/17", "52.218.128.0/17"],
            ),
            dynamodb("pl-00a54069", &["52.94.10.0/24", "52.94.28.0/23"]),
            cloudfront("pl-82a045eb"),
        ],
    },
    Row {
        region: "eu-west-1",
        lists: &[
            s3(
                "pl-6da54004",
                &["3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17"],
            ),
            dynamodb("pl-6fa54006", &["52.94.5.0/24", "52.94.24.0/23"]),
            cloudfront("pl-4fa04526"),
        ],
    },
    Row {
        region: "eu-west-2",
        lists: &[
            s3("pl-7ca54015", &["3.5.244.0/22", "52.95.148.0/23"]),
            dynamodb("pl-b3a742da", &["52.94.15.0/24"]),
            cloudfront("pl-93a247fa"),
        ],
    },
    Row {
        region: "eu-west-3",
        lists: &[
            s3("pl-23ad484a", &["3.5.224.0/22", "52.95.154.0/23"]),
            dynamodb("pl-abb451c2", &["52.94.18.0/24"]),
        ],
    },
    Row {
        region: "eu-central-1",
        lists: &[
            s3(
                "pl-6ea54007",
                &["3.5.136.0/22", "52.219.72.0/22", "52.219.44.0/22"],
            ),
            dynamodb("pl-66a5400f", &["52.94.17.0/24", "52.119.188.0/22"]),
            cloudfront("pl-a3a144ca"),
        ],
    },
    Row {
        region: "eu-north-1",
        lists: &[
            s3("pl-c3aa4faa", &["3.5.216.0/22", "52.95.170.0/23"]),
            dynamodb("pl-adae4bc4", &["52.94.19.0/24"]),
        ],
    },
    Row {
        region: "ap-northeast-1",
        lists: &[
            s3("pl-61a54008", &["3.5.152.0/21", "52.219.0.0/20"]),
            dynamodb("pl-78a54011", &["52.94.8.0/24"]),
            cloudfront("pl-58a04531"),
        ],
    },
    Row {
        region: "ap-northeast-2",
        lists: &[
            s3("pl-78a54011", &["3.5.140.0/22", "52.219.60.0/23"]),
            dynamodb("pl-48a54021", &["52.94.6.0/24"]),
        ],
    },
    Row {
        region: "ap-northeast-3",
        lists: &[s3("pl-a4a540cd", &["3.5.184.0/22", "52.95.158.0/23"])],
    },
    Row {
        region: "ap-southeast-1",
        lists: &[
            s3("pl-6fa54006", &["3.5.148.0/22", "52.219.40.0/22"]),
            dynamodb("pl-67a5400e", &["52.94.11.0/24"]),
            cloudfront("pl-31a34658"),
        ],
    },
    Row {
        region: "ap-southeast-2",
        lists: &[
            s3("pl-6ca54005", &["3.5.164.0/22", "52.95.128.0/21"]),
            dynamodb("pl-62a5400b", &["52.94.13.0/24"]),
            cloudfront("pl-b8a742d1"),
        ],
    },
    Row {
        region: "ap-south-1",
        lists: &[
            s3("pl-78a54011", &["3.5.208.0/22", "52.219.64.0/22"]),
            dynamodb("pl-66a7420f", &["52.94.14.0/24"]),
        ],
    },
    Row {
        region: "ca-central-1",
        lists: &[
            s3("pl-7da54014", &["3.5.252.0/22", "52.95.146.0/23"]),
            dynamodb("pl-4ea54027", &["52.94.9.0/24"]),
        ],
    },
    Row {
        region: "sa-east-1",
        lists: &[
            s3("pl-6aa54003", &["3.5.232.0/22", "52.95.164.0/23"]),
            dynamodb("pl-6ca54005", &["52.94.7.0/24"]),
        ],
    },
];

/// The prefix lists of AWS in a Region.
pub fn aws_lists(region: &Region) -> &'static [AwsList] {
    let row = ROWS.iter().find(|row| row.region == region.name);
    row.map_or(&[], |row| row.lists)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::REGIONS;
    use hopwise_net::Prefix;

    #[test]
    fn each_region_has_a_list_for_s3_and_all_blocks_are_blocks() {
        for region in REGIONS {
            let lists = aws_lists(region);
            assert!(lists.iter().any(|it| it.service == "s3"), "{}", region.name);
            for list in lists {
                for block in list.blocks {
                    let prefix: Prefix = block.parse().unwrap();
                    assert_eq!(prefix.to_string(), *block);
                }
            }
        }
    }
}
