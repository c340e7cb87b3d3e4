// The scene that both sides of the benchmark show: 300 boxes of a busy Region, as `aws` commands.
// The same seed gives the same lines.

export const SEED = 20_260_301;
/** How many boxes the map shows then, with the Region, its zones, the laptop and the internet. */
export const BOXES = 300;

/** Marsaglia's xorshift: 32 bits of state, numbers from 0 up to but not including 1. */
const random = (seed) => {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

const ROLES = ["web", "api", "cart", "search", "mail", "report", "queue", "cache", "auth", "batch"];
const VPCS = ["shop", "billing", "data", "staging", "tools"];
const ZONES = ["a", "b", "c"];
/** AWS's default limit is 32 vCPUs; a t2.micro has one. What is more is network interfaces. */
const INSTANCES = 32;
/** Three outside, and for each VPC itself, its gateway, zones, subnets, 1 + 4 tables, 5 groups, 2 ACLs. */
const HOSTS = BOXES - 3 - VPCS.length * (1 + 1 + 3 + 6 + 5 + 5 + 2);

/** The lines that build it. */
export const lines = (seed = SEED) => {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const tags = (type, name) => `--tag-specifications 'ResourceType=${type},Tags=[{Key=Name,Value=${name}}]'`;
  const out = [];
  let hosts = 0;
  for (const [at, vpc] of VPCS.entries()) {
    out.push(
      `vpc=$(aws ec2 create-vpc --cidr-block 10.${at}.0.0/16 ${tags("vpc", vpc)} --query Vpc.VpcId --output text)`,
      `igw=$(aws ec2 create-internet-gateway ${tags("internet-gateway", `${vpc}-igw`)} --query InternetGateway.InternetGatewayId --output text)`,
      "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
    );
    for (let group = 0; group < 5; group++) {
      out.push(
        `sg${group}=$(aws ec2 create-security-group --group-name ${vpc}-${ROLES[group]} --description bench --vpc-id $vpc --query GroupId --output text)`,
      );
    }
    for (let subnet = 0; subnet < 6; subnet++) {
      const kind = subnet < 3 ? "front" : "back";
      const zone = ZONES[subnet % 3];
      out.push(
        `net${subnet}=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.${at}.${subnet}.0/24 --availability-zone us-east-1${zone} ${tags("subnet", `${kind}-${zone}`)} --query Subnet.SubnetId --output text)`,
      );
    }
    for (let table = 0; table < 4; table++) {
      out.push(
        `rtb=$(aws ec2 create-route-table --vpc-id $vpc ${tags("route-table", `${vpc}-rt-${table}`)} --query RouteTable.RouteTableId --output text)`,
        "aws ec2 create-route --route-table-id $rtb --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
      );
      if (table < 3) out.push(`aws ec2 associate-route-table --route-table-id $rtb --subnet-id $net${table}`);
    }
    for (let acl = 0; acl < 2; acl++) {
      out.push(`aws ec2 create-network-acl --vpc-id $vpc ${tags("network-acl", `${vpc}-acl-${acl}`)}`);
    }
    const share = Math.floor((HOSTS * (at + 1)) / VPCS.length);
    for (; hosts < share; hosts++) {
      const name = `${pick(ROLES)}-${hosts}`;
      const where = `--subnet-id $net${Math.floor(next() * 6)}`;
      const group = `$sg${Math.floor(next() * 5)}`;
      out.push(
        Math.floor((hosts * INSTANCES) / HOSTS) < Math.floor(((hosts + 1) * INSTANCES) / HOSTS)
          ? `aws ec2 run-instances --image-id $al2023 --instance-type t2.micro ${where} --security-group-ids ${group} ${tags("instance", name)}`
          : `aws ec2 create-network-interface ${where} --groups ${group} ${tags("network-interface", name)}`,
      );
    }
  }
  return out;
};
