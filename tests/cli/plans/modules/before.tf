module "shop" {
  source   = "./modules/shop"
  for_each = toset(["eu.west", "us \"east\""])
  region   = each.key
  indexes  = ["day"]
}

resource "aws_appautoscaling_target" "of_all" {
  service_namespace  = "dynamodb"
  resource_id        = "table/orders-eu.west"
  scalable_dimension = "dynamodb:index:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
  depends_on         = [module.shop]
}
